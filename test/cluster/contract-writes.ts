import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'vitest'
import type { World } from './contract.ts'
import { scratchName } from './world.ts'
import { applies, listApplies } from './writes/applies.ts'
import { badRollouts, deployments, jobs, revisioned } from './writes/controllers.ts'
import { deletions, propagation } from './writes/deletions.ts'
import { autoscalers, quotas } from './writes/limits.ts'
import { patches, validations } from './writes/patches.ts'
import { claims, misfits } from './writes/placing.ts'
import { type Recorder, recorder } from './writes/recorder.ts'
import { commands, evictions, reviews, scales } from './writes/subresources.ts'

const GOLDEN = join(import.meta.dirname, 'writes.golden.json')

const CHAPTERS: Readonly<Record<string, (recorder: Recorder, name: string) => Promise<void>>> = {
  'writes and patches': patches,
  'what is refused in a specification': validations,
  'server-side apply': applies,
  'server-side apply of lists': listApplies,
  'the scale of a workload': scales,
  evictions,
  'reviews of access': reviews,
  'commands in pods': commands,
  deletions,
  'what goes with its owner': propagation,
  'a Deployment that rolls': deployments,
  'a Deployment that does not come up': badRollouts,
  'a StatefulSet and a DaemonSet': revisioned,
  'a Job': jobs,
  'an autoscaler': autoscalers,
  'a quota': quotas,
  'pods that fit nowhere': misfits,
  'claims of a StatefulSet': claims,
}

/** What the real API server says to every kind of write is on file; whatever else claims to be one must say the same. */
export function writeContract(world: () => World): void {
  it.concurrent.for(Object.keys(CHAPTERS))(
    '%s: is answered as on file',
    { timeout: 240_000 },
    async (chapter, { expect }) => {
      const name = scratchName()
      const record = recorder(world().admin, name)
      await CHAPTERS[chapter]?.(record, name)
      if (process.env.BAKERY_WRITE_GOLDEN === '1') writeGolden(chapter, record.said)
      const golden = readGolden()[chapter] ?? {}
      expect(Object.keys(record.said)).toEqual(Object.keys(golden))
      for (const [what, said] of Object.entries(golden)) expect.soft(record.said[what], what).toEqual(said)
    },
  )
}

function readGolden(): Record<string, Record<string, unknown>> {
  return JSON.parse(readFileSync(GOLDEN, 'utf8'))
}

/** In the order of the chapters, whichever ended first. */
function writeGolden(chapter: string, said: Record<string, unknown>): void {
  const all = { ...readGolden(), [chapter]: said }
  const ordered = Object.fromEntries(Object.keys(CHAPTERS).map((key) => [key, all[key]]))
  writeFileSync(GOLDEN, `${JSON.stringify(ordered, null, 1)}\n`)
}
