import { parseArgs } from 'node:util'
import { benchAcknowledge } from './acknowledge.ts'
import { benchAppend } from './append.ts'
import { benchChanges } from './changes.ts'
import { heading } from './figures.ts'
import { benchHealth } from './health.ts'
import { benchHealth5000 } from './health-5000.ts'
import { benchMemory } from './memory.ts'
import { benchPractice } from './practice.ts'
import { benchStart } from './start.ts'
import { benchVerify } from './verify.ts'

interface Bench {
  readonly title: string
  readonly run: (options: { readonly minutes: number }) => Promise<void>
  /** Runs only when it is named: it takes minutes. */
  readonly named?: true
}

/**
 * All figures in one run, each beside what a person would use instead. `npm run bench -- verify` runs only what is named;
 * `--minutes 10` is how long the load of `memory` lasts.
 */
const BENCHES: Readonly<Record<string, Bench>> = {
  acknowledge: { title: 'Acknowledging signed requests', run: benchAcknowledge },
  health: { title: 'Health, from request to message', run: benchHealth },
  'health-5000': { title: 'Health with 5,000 more pods', run: benchHealth5000, named: true },
  changes: { title: 'A change, from click to patch', run: benchChanges },
  memory: { title: 'Resident memory', run: benchMemory },
  start: { title: 'Cold start', run: benchStart },
  practice: { title: 'Practice', run: benchPractice, named: true },
  append: { title: 'Appending to the audit log', run: benchAppend },
  verify: { title: 'Proving the audit log', run: benchVerify },
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '1' } },
})
const unknown = positionals.filter((name) => !Object.hasOwn(BENCHES, name))
const minutes = Number(values.minutes)
if (unknown.length > 0 || !(minutes > 0)) {
  console.error(`usage: npm run bench -- [--minutes N] [${Object.keys(BENCHES).join('|')}]`)
  process.exit(64)
}
for (const [name, { title, run, named }] of Object.entries(BENCHES)) {
  if (positionals.length === 0 ? named : !positionals.includes(name)) continue
  heading(title)
  await run({ minutes })
}
