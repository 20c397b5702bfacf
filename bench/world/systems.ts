import { NAMESPACE } from '../../practice/cluster/platform-names.ts'
import { startPlatform } from '../../practice/systems/platform.ts'
import { type ControlPlane, findControlPlane, startControlPlane } from '../../test/support/controlplane.ts'
import { type PlatformDatabases, startPlatformDatabases } from './databases.ts'

/** The operated platform: a real API server where there is one, real databases, and practice's stand-ins for the rest. */
export interface BenchPlatform {
  /** Null: practice's cluster stands in for it. */
  readonly plane: ControlPlane | null
  readonly databases: PlatformDatabases
  readonly alertmanagerUrl: string
  readonly namespace: string
  /** What platform.example.yaml refers to, and KUBECONFIG. */
  readonly env: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** Bakery gets the token of deploy/'s own service account, never an administrator's. */
export async function startBenchPlatform(): Promise<BenchPlatform> {
  const databases = await startPlatformDatabases()
  const standIns = await startPlatform({ databases: [] })
  const plane = findControlPlane() === null ? null : await startControlPlane({ postgres: databases.address })
  return {
    plane,
    databases,
    namespace: NAMESPACE,
    alertmanagerUrl: standIns.env.ALERTMANAGER_URL ?? '',
    env: { ...standIns.env, ...databases.env, ...(plane && { KUBECONFIG: plane.kubeconfig }) },
    async stop() {
      await Promise.all([standIns.stop(), databases.stop()])
    },
  }
}
