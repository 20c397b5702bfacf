import { benchAcknowledge } from './acknowledge.ts'
import { heading } from './figures.ts'
import { benchHealth } from './health.ts'
import { benchVerify } from './verify.ts'

/**
 * All figures in one run, each beside what a person would use instead. `npm run bench -- verify` runs only what is named.
 */
const BENCHES: Record<string, { title: string; run: () => Promise<void> }> = {
  acknowledge: { title: 'Acknowledging a signed request', run: benchAcknowledge },
  health: { title: 'Health, from request to message', run: benchHealth },
  verify: { title: 'Proving the audit log', run: benchVerify },
}

const asked = process.argv.slice(2)
for (const [name, { title, run }] of Object.entries(BENCHES)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  heading(title)
  await run()
}
