import { startSmall } from '../src/small-start.ts'

/** `npm run practice`: the whole workspace on this machine, until Ctrl-C. Loaded as the bot is: fast, and into little memory. */
const loaded = startSmall()
const { run } = await import('./run.ts')
loaded()
await run()
