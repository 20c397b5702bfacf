import { noSuchResource } from './failures.ts'
import { groupVersion, RESOURCES, type Resource } from './resources.ts'

/** The practice cluster says so: whoever asks for the version sees that no real one answers. */
export const VERSION = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.3-practice',
  gitCommit: '',
  gitTreeState: '',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: 'practice',
}

const METRICS: readonly Resource[] = [
  { group: 'metrics.k8s.io', version: 'v1beta1', plural: 'nodes', kind: 'NodeMetrics', namespaced: false },
  { group: 'metrics.k8s.io', version: 'v1beta1', plural: 'pods', kind: 'PodMetrics', namespaced: true },
]
const REVIEWS: readonly Resource[] = [
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    plural: 'selfsubjectaccessreviews',
    kind: 'SelfSubjectAccessReview',
    namespaced: false,
  },
]
const ALL = [...RESOURCES, ...METRICS, ...REVIEWS]

/** Whether anything at all is served under this group; an unknown one is answered by the router, not by an API. */
export function isGroup(group: string): boolean {
  return ALL.some((row) => row.group === group)
}

/** The answer to a path that names no resource; null when there is no such path. */
export function discover(path: string): unknown {
  const [root, group, version, ...rest] = path.split('/').filter((part) => part !== '')
  if (path === '/version' || path === '/version/') return VERSION
  if (root === 'api' && group === undefined) return { kind: 'APIVersions', versions: ['v1'] }
  if (root === 'api' && version === undefined && group !== undefined) return resourceList('', group)
  if (root !== 'apis' || rest.length > 0) return null
  if (group === undefined) {
    const groups = [...new Set(ALL.map((row) => row.group))].filter((name) => name !== '').map(apiGroup)
    return { kind: 'APIGroupList', apiVersion: 'v1', groups }
  }
  if (!isGroup(group)) return null
  return version === undefined
    ? { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group) }
    : resourceList(group, version)
}

function apiGroup(name: string) {
  const found = ALL.filter((row) => row.group === name).map(({ version }) => version)
  const versions = [...new Set(found)].map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions, preferredVersion: versions[0] }
}

const WRITABLE = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch']

function resourceList(group: string, version: string) {
  const rows = ALL.filter((row) => row.group === group && row.version === version)
  if (rows.length === 0) throw noSuchResource()
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupVersion({ group, version }),
    resources: rows.flatMap(describe),
  }
}

function describe(row: Resource) {
  const { plural, kind, namespaced, shortNames, subresources = [] } = row
  const subs = subresources.map((name) => ({
    name: `${plural}/${name}`,
    singularName: '',
    namespaced,
    kind,
    verbs: name === 'log' ? ['get'] : ['get', 'patch', 'update'],
  }))
  const main = {
    name: plural,
    singularName: METRICS.includes(row) ? '' : kind.toLowerCase(),
    namespaced,
    kind,
    verbs: verbsOf(row),
    ...(shortNames ? { shortNames } : {}),
  }
  return [main, ...subs]
}

function verbsOf(row: Resource): readonly string[] {
  if (METRICS.includes(row)) return ['get', 'list']
  return REVIEWS.includes(row) ? ['create'] : WRITABLE
}
