import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { rawApi } from '../../test/cluster/api.ts'
import type { ControlPlane } from '../../test/support/controlplane.ts'

const NAMESPACE = 'bakery-ia'

/** How long the API server takes over patches as Bakery's are, one after the other on one connection: milliseconds. */
export async function patchLatencies(
  plane: ControlPlane,
  name: string,
  times: number,
): Promise<readonly number[]> {
  const api = rawApi(await plane.kubeconfigOf('bakery-desk', 'bakery-operator'))
  const path = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${name}`
  const taken: number[] = []
  try {
    for (let turn = 0; turn < times + 2; turn += 1) {
      const body = { spec: { paused: turn % 2 === 0 } }
      const started = performance.now()
      const { status, text } = await api.request('PATCH', path, body, 'application/merge-patch+json')
      if (status !== 200) throw new Error(`the API server does not patch: ${status} ${text}`)
      // The first two open the connection.
      if (turn > 1) taken.push(performance.now() - started)
    }
  } finally {
    await api.close()
  }
  return taken
}

/** How long `kubectl diff` takes over a manifest with another number of replicas: milliseconds. */
export async function kubectlDiffs(
  plane: ControlPlane,
  name: string,
  times: number,
): Promise<readonly number[]> {
  const manifest = JSON.parse(await plane.kubectl('-n', NAMESPACE, 'get', 'deployment', name, '-o', 'json'))
  const file = join(plane.folder, 'bench-diff.json')
  const { managedFields: _, resourceVersion: __, ...metadata } = manifest.metadata
  const spec = { ...manifest.spec, replicas: manifest.spec.replicas + 1 }
  await writeFile(file, JSON.stringify({ ...manifest, metadata, spec, status: undefined }))
  const taken: number[] = []
  for (let turn = 0; turn < times + 1; turn += 1) {
    const started = performance.now()
    const child = spawn(join(plane.folder, 'kubectl'), ['diff', '-f', file], { stdio: 'ignore' })
    const [code] = await once(child, 'close')
    // https://kubernetes.io/docs/reference/kubectl/generated/kubectl_diff/: 1 when there are differences.
    if (code !== 1) throw new Error(`kubectl diff ended with ${code}`)
    if (turn > 0) taken.push(performance.now() - started)
  }
  return taken
}
