import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { accountToken } from '../../src/adapters/kubernetes/accounts.ts'
import { createClient } from '../../src/adapters/kubernetes/client.ts'
import { ACCOUNTS } from '../support/account-rules.ts'
import { type ControlPlane, controlPlaneNeeds, startControlPlane } from '../support/controlplane.ts'
import { describeWith } from '../support/programs.ts'
import { type RawApi, rawApi } from './api.ts'
import { eventually } from './world.ts'

const run = promisify(execFile)
const ROOT = resolve(import.meta.dirname, '../..')

describeWith(controlPlaneNeeds, 'deploy/ before a real API server', () => {
  let plane: ControlPlane
  const apis: RawApi[] = []
  beforeAll(async () => {
    plane = await startControlPlane()
  }, 240_000)
  afterAll(async () => {
    for (const api of apis) await api.close()
  })

  it('renders the example and every object of it is accepted', async () => {
    const output = await plane.kubectl(
      ...['apply', '--server-side', '--dry-run=server', '-k', resolve(ROOT, 'deploy/overlays/example')],
    )
    const kinds = output
      .trim()
      .split('\n')
      .map((line) => line.split('/')[0])
    const counted = Object.fromEntries(
      kinds.map((kind) => [kind, kinds.filter((one) => one === kind).length]),
    )
    expect(counted).toEqual({
      'clusterrole.rbac.authorization.k8s.io': 2,
      'clusterrolebinding.rbac.authorization.k8s.io': 2,
      'deployment.apps': 1,
      'ingress.networking.k8s.io': 1,
      'job.batch': 1,
      namespace: 1,
      'networkpolicy.networking.k8s.io': 3,
      persistentvolumeclaim: 1,
      'poddisruptionbudget.policy': 1,
      'role.rbac.authorization.k8s.io': 5,
      'rolebinding.rbac.authorization.k8s.io': 5,
      service: 1,
      serviceaccount: 3,
      'validatingadmissionpolicy.admissionregistration.k8s.io': 2,
      'validatingadmissionpolicybinding.admissionregistration.k8s.io': 2,
    })
  })

  it.each(ACCOUNTS)('gives %s exactly what is listed, asked of the API server itself', async (account) => {
    const list = async (namespace: string) =>
      (await plane.kubectl('auth', 'can-i', '--list', `--as=${user(account)}`, '-n', namespace))
        .split('\n')
        .flatMap((line) => lineOf(line))
    const golden = JSON.parse(readFileSync(resolve(ROOT, 'deploy/access.golden.json'), 'utf8'))
    const wide = await list('default')
    const described = wide.map((one) => `${one} in the whole cluster`)
    for (const namespace of ['bakery-ia', 'flux-system', 'bakery-desk']) {
      const own = (await list(namespace)).filter((one) => !wide.includes(one))
      described.push(...own.map((one) => `${one} in ${namespace}`))
    }
    expect(described.toSorted()).toEqual(golden[account])
  })

  const everything = [
    ...[
      ['get', 'secrets'],
      ['create', 'pods/exec'],
      ['impersonate', 'users'],
      ['update', 'deployments.apps'],
    ],
    ...[
      ['escalate', 'roles.rbac.authorization.k8s.io'],
      ['patch', 'roles.rbac.authorization.k8s.io'],
    ],
    ...[
      ['delete', 'deployments.apps'],
      ['create', 'pods'],
      ['patch', 'secrets'],
      ['deletecollection', 'pods'],
    ],
    ...[['create', 'validatingadmissionpolicies.admissionregistration.k8s.io']],
  ]
  const ofTheReader = [
    ['delete', 'pods'],
    ['patch', 'deployments.apps'],
    ['create', 'pods/eviction'],
    ['patch', 'nodes'],
  ]
  const refused = [
    ...ACCOUNTS.flatMap((account) => everything.map((what) => [account, ...what])),
    ...ofTheReader.map((what) => ['bakery-reader', ...what]),
  ]
  it.each(refused)('refuses %s to %s %s', async (account = '', verb = '', resource = '') => {
    const asked = run(`${plane.folder}/kubectl`, [
      ...['auth', 'can-i', verb, resource, '-n', 'bakery-ia'],
      `--as=${user(account)}`,
    ])
    await expect(asked).rejects.toMatchObject({ stdout: 'no\n' })
  })

  it('gives the reader a token of the operator and of the rehearser, and of nobody else', async () => {
    const as = ['-n', 'bakery-desk', `--as=${user('bakery-reader')}`]
    for (const account of ['bakery-operator', 'bakery-rehearser']) {
      expect(await plane.kubectl('create', 'token', account, '--duration=10m', ...as)).toMatch(/^ey/)
    }
    for (const account of ['bakery-reader', 'default']) {
      await expect(plane.kubectl('create', 'token', account, ...as)).rejects.toThrow(/forbidden/)
    }
    const other = ['create', 'token', 'default', '-n', 'bakery-ia', `--as=${user('bakery-reader')}`]
    await expect(plane.kubectl(...other)).rejects.toThrow(/forbidden/)
  })

  it('gives the program itself such a token, with which it can write', async () => {
    const reader = createClient({ kind: 'file', path: plane.kubeconfig })
    try {
      const token = await accountToken({ reader, namespace: 'bakery-desk', account: 'bakery-operator' })()
      const users = `users: [{ name: admin, user: { token: ${token} } }]`
      const operator = rawApi(await kubeconfigWith(users))
      apis.push(operator)
      const path = '/apis/apps/v1/namespaces/bakery-ia/deployments/gateway?dryRun=All'
      expect((await operator.request('PATCH', path, { spec: { paused: true } }, MERGE)).status).toBe(200)
      expect((await operator.request('GET', path)).status).toBe(403)
    } finally {
      await reader.close()
    }
  })

  it('has a component for draining whole nodes, and the API server accepts it', async () => {
    const file = resolve(ROOT, 'deploy/components/whole-cluster/pods.yaml')
    const said = await plane.kubectl('apply', '--server-side', '--dry-run=server', '-f', file)
    expect(said.match(/serverside-applied/g)).toHaveLength(4)
  })

  it('lets the rehearser do nothing that is not a dry run', async () => {
    const rehearser = await apiOf('bakery-rehearser')
    const pods = await plane.kubectl(
      'get',
      'pods',
      '-n',
      'bakery-ia',
      '-o',
      'name',
      '-l',
      'app.kubernetes.io/name=gateway',
    )
    const pod = pods.split('\n')[0]?.replace('pod/', '') ?? ''
    const path = `/api/v1/namespaces/bakery-ia/pods/${pod}`
    const eviction = {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: pod, namespace: 'bakery-ia' },
    }
    const options = { apiVersion: 'v1', kind: 'DeleteOptions', dryRun: ['All'] }
    const deployment = '/apis/apps/v1/namespaces/bakery-ia/deployments/gateway'
    const annotated = { metadata: { annotations: { a: 'b' } } }
    const denied = /this account only rehearses, and this is not a dry run/
    const patch = (query = '') => rehearser.request('PATCH', `${deployment}${query}`, annotated, MERGE)
    await eventually(30_000, patch, ({ text }) => denied.test(text))
    expect((await patch('?dryRun=All')).status).toBe(200)
    expect((await rehearser.request('DELETE', path)).text).toMatch(denied)
    expect((await rehearser.request('DELETE', path, options)).status).toBe(200)
    expect((await rehearser.request('POST', `${path}/eviction`, eviction)).text).toMatch(denied)
    expect((await rehearser.request('POST', `${path}/eviction?dryRun=All`, eviction)).status).toBe(201)
    const node = await rehearser.request(
      'PATCH',
      '/api/v1/nodes/node-1',
      { spec: { unschedulable: true } },
      MERGE,
    )
    expect(node.text).toMatch(denied)
  }, 60_000)

  it('lets the operator change of a node whether it takes pods, and its own marks', async () => {
    const operator = await apiOf('bakery-operator')
    const patch = async (body: object) =>
      (await operator.request('PATCH', '/api/v1/nodes/node-1', body, MERGE)).text
    const nothingElse = /Bakery changes (nothing|no annotation) of a node but/
    const taint = { spec: { taints: [{ key: 'a', effect: 'NoExecute' }] } }
    await eventually(
      30_000,
      () => patch(taint),
      (text) => nothingElse.test(text),
    )
    expect(await patch({ metadata: { labels: { 'kubernetes.io/hostname': 'other' } } })).toMatch(nothingElse)
    expect(await patch({ metadata: { annotations: { 'team/other': 'x' } } })).toMatch(nothingElse)
    const marked = {
      spec: { unschedulable: true },
      metadata: { annotations: { 'bakery.dev/operation': 'x' } },
    }
    expect(JSON.parse(await patch(marked)).spec).toMatchObject({ unschedulable: true })
    const back = {
      spec: { unschedulable: null },
      metadata: { annotations: { 'bakery.dev/operation': null } },
    }
    expect(JSON.parse(await patch(back)).spec).not.toHaveProperty('unschedulable')
  }, 60_000)

  async function kubeconfigWith(users: string): Promise<string> {
    const path = `${plane.folder}/token-${process.pid}.kubeconfig`
    const admin = await readFile(plane.adminKubeconfig, 'utf8')
    await writeFile(path, admin.replace(/^users:.*$/m, users), { mode: 0o600 })
    return path
  }

  const user = (account: string) => `system:serviceaccount:bakery-desk:${account}`

  async function apiOf(account: string): Promise<RawApi> {
    const api = rawApi(await plane.kubeconfigOf('bakery-desk', account))
    apis.push(api)
    return api
  }
})

const MERGE = 'application/merge-patch+json'

/** `pods.metrics.k8s.io   []   [names]   [get list]` as one line for each verb; what everybody may do is left out. */
function lineOf(line: string): string[] {
  const found = /^(\S+)\s+\[\]\s+\[([^\]]*)\]\s+\[([^\]]*)\]$/.exec(line)
  if (found === null || /^self/.test(found[1] ?? '')) return []
  const [, resource, names = '', verbs = ''] = found
  const named = names === '' ? [''] : names.split(' ').map((name) => ` (${name})`)
  return verbs.split(' ').flatMap((verb) => named.map((name) => `${verb} ${resource}${name}`))
}
