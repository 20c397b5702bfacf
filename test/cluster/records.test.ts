import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { startCluster } from '../../practice/cluster/start.ts'
import { controlPlaneNeeds, startControlPlane } from '../support/controlplane.ts'
import { describeWith } from '../support/programs.ts'
import { rawApi } from './api.ts'
import { scratchName } from './world.ts'
import { recorder } from './writes/recorder.ts'
import { records } from './writes/records.ts'

/** What the real API server writes down of every kind of write is on file; practice's must write down the same. */
const GOLDEN = join(import.meta.dirname, 'records.golden.json')
const NAME = 'what the audit log has of writes, and the header that leads to it'

interface Recorded {
  readonly adminKubeconfig: string
  readonly auditLog: string
  stop(): Promise<void>
}

function suite(start: () => Promise<Recorded>, writes: boolean): void {
  it(NAME, { timeout: 240_000 }, async ({ expect }) => {
    const { adminKubeconfig, auditLog, stop } = await start()
    const admin = rawApi(adminKubeconfig)
    try {
      const name = scratchName()
      const record = recorder(admin, name)
      await records(record, name, auditLog)
      if (writes) writeFileSync(GOLDEN, `${JSON.stringify(record.said, null, 1)}\n`)
      const golden: Record<string, unknown> = JSON.parse(readFileSync(GOLDEN, 'utf8'))
      for (const [what, said] of Object.entries(golden)) expect.soft(record.said[what], what).toEqual(said)
      expect(Object.keys(record.said)).toEqual(Object.keys(golden))
    } finally {
      await admin.close()
      await stop()
    }
  })
}

describeWith(controlPlaneNeeds, 'a real Kubernetes control plane', () => {
  suite(async () => {
    const { adminKubeconfig, folder } = await startControlPlane()
    return { adminKubeconfig, auditLog: join(folder, 'audit.log'), stop: async () => {} }
  }, process.env.BAKERY_WRITE_GOLDEN === '1')
})

describe("practice's cluster", () => {
  suite(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bakery-practice-'))
    const auditLog = join(folder, 'audit.log')
    const cluster = await startCluster({ auditFile: auditLog })
    const adminKubeconfig = join(folder, 'admin')
    writeFileSync(adminKubeconfig, cluster.kubeconfig())
    return {
      ...{ adminKubeconfig, auditLog },
      async stop() {
        await cluster.stop()
        rmSync(folder, { recursive: true })
      },
    }
  }, false)
})
