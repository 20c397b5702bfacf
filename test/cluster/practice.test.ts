import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe } from 'vitest'
import { type PracticeCluster, startCluster } from '../../practice/cluster/start.ts'
import { readerRules } from '../support/reader-rules.ts'
import { clusterContract } from './contract.ts'

const READER = 'system:serviceaccount:bakery-desk:bakery-reader'

describe("practice's cluster", () => {
  const folder = mkdtempSync(join(tmpdir(), 'bakery-practice-'))
  let practice: PracticeCluster | null = null
  afterAll(async () => {
    await practice?.stop()
    rmSync(folder, { recursive: true })
  })

  clusterContract(async () => {
    const rules = readerRules().map(({ namespace, ...rule }) => ({
      ...rule,
      ...(namespace === null ? {} : { namespace }),
    }))
    practice = await startCluster({ users: [{ name: READER, rules }] })
    const kubeconfig = join(folder, 'reader')
    const adminKubeconfig = join(folder, 'admin')
    writeFileSync(kubeconfig, practice.kubeconfig(READER))
    writeFileSync(adminKubeconfig, practice.kubeconfig())
    return { kubeconfig, adminKubeconfig }
  })
})
