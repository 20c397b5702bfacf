import { startSmall } from './small-start.ts'

/** The bot's entry. What it is stands in run.ts and bot.ts; here it is loaded, fast and into little memory. */
const loaded = startSmall()
const { run } = await import('./run.ts')
loaded()
await run()
