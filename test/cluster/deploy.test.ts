import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, it } from 'vitest'
import { type ControlPlane, controlPlaneNeeds, startControlPlane } from '../support/controlplane.ts'
import { describeWith } from '../support/programs.ts'

const run = promisify(execFile)
const ROOT = resolve(import.meta.dirname, '../..')

describeWith(controlPlaneNeeds, 'deploy/ before a real API server', () => {
  let plane: ControlPlane
  beforeAll(async () => {
    plane = await startControlPlane()
  }, 240_000)

  it('renders the example and every object of it is accepted', async () => {
    const output = await plane.kubectl(
      ...['apply', '--server-side', '--dry-run=server', '-k', resolve(ROOT, 'deploy/overlays/example')],
    )
    const kinds = output
      .trim()
      .split('\n')
      .map((line) => line.split('/')[0])
    expect(kinds.toSorted()).toEqual([
      'clusterrole.rbac.authorization.k8s.io',
      'clusterrolebinding.rbac.authorization.k8s.io',
      'deployment.apps',
      'ingress.networking.k8s.io',
      'job.batch',
      'namespace',
      'networkpolicy.networking.k8s.io',
      'networkpolicy.networking.k8s.io',
      'networkpolicy.networking.k8s.io',
      'persistentvolumeclaim',
      'poddisruptionbudget.policy',
      'role.rbac.authorization.k8s.io',
      'rolebinding.rbac.authorization.k8s.io',
      'service',
      'serviceaccount',
    ])
  })

  it('gives the account exactly what is listed, asked of the API server itself', async () => {
    const account = 'system:serviceaccount:bakery-desk:bakery-reader'
    const list = async (namespace: string) =>
      (await plane.kubectl('auth', 'can-i', '--list', `--as=${account}`, '-n', namespace))
        .split('\n')
        .flatMap((line) => lineOf(line))
    const golden = JSON.parse(readFileSync(resolve(ROOT, 'deploy/access.golden.json'), 'utf8')) as string[]
    const wide = await list('default')
    const platform = await list('bakery-ia')
    const described = [
      ...wide.map((one) => `${one} in the whole cluster`),
      ...platform.filter((one) => !wide.includes(one)).map((one) => `${one} in bakery-ia`),
    ]
    expect(described.toSorted()).toEqual(golden)
  })

  it.each([
    ['get', 'secrets'],
    ['create', 'pods/exec'],
    ['delete', 'pods'],
    ['patch', 'deployments.apps'],
    ['create', 'pods/eviction'],
    ['impersonate', 'users'],
    ['escalate', 'roles.rbac.authorization.k8s.io'],
  ])('refuses the account to %s %s', async (verb, resource) => {
    const asked = run(`${plane.folder}/kubectl`, [
      ...['auth', 'can-i', verb, resource, '-n', 'bakery-ia'],
      '--as=system:serviceaccount:bakery-desk:bakery-reader',
    ])
    await expect(asked).rejects.toMatchObject({ stdout: 'no\n' })
  })
})

/** `pods.metrics.k8s.io   []   []   [get list]` as one line for each verb; what everybody may do is left out. */
function lineOf(line: string): string[] {
  const found = /^(\S+)\s+\[\]\s+\[\]\s+\[([^\]]*)\]$/.exec(line)
  if (found === null || /^self/.test(found[1] ?? '')) return []
  return (found[2] ?? '').split(' ').map((verb) => `${verb} ${found[1]}`)
}
