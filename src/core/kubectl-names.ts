/** Kinds of objects that a line is told apart by. */
export type Resource =
  | 'deployment'
  | 'statefulset'
  | 'daemonset'
  | 'pod'
  | 'node'
  | 'hpa'
  | 'secret'
  | 'event'
  | 'flux'
  | 'tekton'
  | 'certificate'
  | 'ingress'
  | 'all'
  | 'other'

const RESOURCES: readonly (readonly [Resource, RegExp])[] = [
  ['deployment', /^(deployments?|deploy)(\.apps)?$/],
  ['statefulset', /^(statefulsets?|sts)(\.apps)?$/],
  ['daemonset', /^(daemonsets?|ds)(\.apps)?$/],
  ['pod', /^(pods?|po)$/],
  ['node', /^(nodes?|no)$/],
  ['hpa', /^(hpa|horizontalpodautoscalers?(\.autoscaling)?)$/],
  ['secret', /^secrets?$/],
  ['event', /^(events?|ev)$/],
  ['flux', /^(gitrepositor(y|ies)|kustomizations?|ks|helmreleases?|hr|gitrepo)(\..+)?$/],
  [
    'tekton',
    /^(pipelines?|pipelineruns?|pr|tasks?|taskruns?|tr|triggerbindings?|triggers?|eventlisteners?|el)(\..+)?$/,
  ],
  ['certificate', /^(certificates?|certs?|certificaterequests?|cr|orders?|challenges?)(\..+)?$/],
  ['ingress', /^(ingress(es)?|ing|services?|svc)$/],
  ['all', /^all$/],
]

export function resourceOf(word: string): Resource | null {
  return RESOURCES.find(([, pattern]) => pattern.test(word.toLowerCase()))?.[0] ?? null
}

/** What a line is about, by kind and name. */
export interface Named {
  readonly resource: Resource
  /** As one word of Bakery's line; a placeholder stands as it is: `<SERVICE_NAME>`. */
  readonly word: string
  /** What has to be put in its place; null: it is a name. */
  readonly placeholder: string | null
  /** No name at all: every object of the kind. */
  readonly all: boolean
  /** For sentences. */
  readonly said: string
}

const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/

/** `deployment/orders-service`, `deployment orders-service`, or the name alone of the kind that the verb is for. */
export function named(words: readonly string[], fallback: Resource): Named {
  const [first = '', second] = words
  const [kindWord, ...path] = first.split('/')
  const slashed = path.length > 0
  const resource = resourceOf(slashed ? (kindWord ?? '') : first)
  const name = slashed ? path.join('/') : resource === null ? first : (second ?? '')
  return of(resource ?? (slashed ? 'other' : fallback), name, nameOf(first) || fallback)
}

function of(resource: Resource, given: string, kind: string): Named {
  const plain = resource === 'hpa' ? given.replace(/-hpa$/, '') : given
  if (given === '') {
    return { resource, word: '<name>', placeholder: 'name', all: true, said: `every ${kind}` }
  }
  if (NAME.test(plain)) return { resource, word: plain, placeholder: null, all: false, said: plain }
  const shown = nameOf(given).replace(/[<>$(){}]/g, '') || 'name'
  return {
    resource,
    word: `<${shown}>`,
    placeholder: shown,
    all: false,
    said: shown,
  }
}

/** Somebody's text as a short name in a sentence. */
export function nameOf(text: string): string {
  return text.replace(/[^\w.${}()/<>-]/g, '').slice(0, 40)
}
