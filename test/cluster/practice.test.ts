import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe } from 'vitest'
import { type PracticeCluster, startCluster } from '../../practice/cluster/start.ts'
import { accountsKubeconfig, practiceUsers } from '../support/practice-accounts.ts'
import { clusterContract } from './contract.ts'

describe("practice's cluster", () => {
  const folder = mkdtempSync(join(tmpdir(), 'bakery-practice-'))
  let practice: PracticeCluster | null = null
  afterAll(async () => {
    await practice?.stop()
    rmSync(folder, { recursive: true })
  })

  clusterContract(async () => {
    practice = await startCluster({ users: practiceUsers() })
    const kubeconfig = join(folder, 'reader')
    const adminKubeconfig = join(folder, 'admin')
    writeFileSync(kubeconfig, accountsKubeconfig(practice))
    writeFileSync(adminKubeconfig, practice.kubeconfig())
    return { kubeconfig, adminKubeconfig }
  })
})
