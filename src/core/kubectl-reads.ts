import { does, type Meaning, never } from './kubectl-meaning.ts'
import { named, resourceOf } from './kubectl-names.ts'
import type { KubectlWords } from './kubectl-words.ts'
import { parseDuration } from './names.ts'
import { quote } from './tokens.ts'

/** The lines that only look. */
export function readMeaning(verb: string, rest: readonly string[], line: KubectlWords): Meaning | null {
  switch (verb) {
    case 'get':
      return get(rest, line)
    case 'top':
      return top(rest, line)
    case 'describe':
      return describe(rest)
    case 'logs':
      return logs(rest, line)
    case 'wait':
      return does(
        'pods --problems',
        null,
        'wait until the pods are ready, and say nothing of why they are not',
      )
    case 'events':
      return does('events', null, 'list what the cluster has said in the last hour')
    default:
      return null
  }
}

function get(rest: readonly string[], line: KubectlWords): Meaning | null {
  switch (resourceOf((rest[0] ?? '').split('/')[0]?.split(',')[0] ?? '')) {
    case 'pod':
      return pods(line)
    case 'deployment':
    case 'statefulset':
    case 'daemonset':
      return does('deployments', null, 'list the workloads with how many of their pods are ready')
    case 'all':
      return does(
        'deployments',
        null,
        'list pods, Services and workloads, and of the rest nothing, whatever “all” says',
        '“pods” and “hpa list” have the others.',
      )
    case 'node':
      return { ...does('nodes', null, 'list the nodes'), everywhere: true }
    case 'hpa':
      return does('hpa list', null, 'list the autoscalers')
    case 'event':
      return does('events', null, 'list the events of the last hour in no useful order without --sort-by')
    case 'secret':
      return never(
        'kubectl would print secrets, base64 being no protection, to the screen and the scrollback',
        'Bakery never shows what is in a Secret.',
      )
    case 'flux':
      return never(
        'kubectl would list Flux’s objects',
        'Bakery has no list of them yet; what Flux cannot apply is among the “alerts”.',
      )
    case 'tekton':
      return never('kubectl would list what Tekton built', 'Bakery has no list of pipelines yet.')
    case 'certificate':
      return never('kubectl would list certificates', 'Bakery has no list of certificates yet.')
    case 'ingress':
      return never(
        'kubectl would list Services or Ingresses',
        'Bakery has no list of them; “services” shows how each service does.',
      )
    default:
      return null
  }
}

/** The guide looks for what is wrong with grep, which passes a pod that runs and is not ready. */
function pods({ piped, flags }: KubectlWords): Meaning {
  const problems = /grep\b/.test(piped)
  const selector = flags.get('selector')
  return does(
    problems ? 'pods --problems' : 'pods',
    null,
    problems
      ? 'list pods by the word in their state; one that runs and is not ready counts as well'
      : 'list the pods',
    selector === undefined ? null : 'Bakery lists all of them; “pods” with a name has those of one workload.',
  )
}

function top(rest: readonly string[], { flags }: KubectlWords): Meaning {
  if (resourceOf(rest[0] ?? '') === 'node') {
    return { ...does('top --nodes', null, 'show what the nodes use'), everywhere: true }
  }
  const by = flags.get('sort-by')
  const sort = by === 'cpu' || by === 'memory' ? ` --sort ${by}` : ''
  return does(`top${sort}`, null, 'show what the pods use, without their limits')
}

function describe(rest: readonly string[]): Meaning | null {
  const target = named(rest, 'pod')
  switch (target.resource) {
    case 'pod':
      return never(
        `kubectl would print everything about ${target.said}`,
        '“pods” shows the state and the last end of each, “events” what happened to it, “top --sort limit” how near its limits it is.',
      )
    case 'node':
      return { ...does('nodes', null, `print everything about ${target.said}`), everywhere: true }
    case 'deployment':
    case 'statefulset':
    case 'daemonset':
      return does(`rollout status ${target.word}`, target, `print everything about ${target.said}`)
    case 'hpa':
      return does('hpa list', null, `print everything about the autoscaler of ${target.said}`)
    case 'secret':
      return never('kubectl would list the keys of a Secret', 'Bakery shows nothing of a Secret.')
    default:
      return never(
        `kubectl would print everything about ${target.said}`,
        'Bakery has no view of this kind yet; “events” says what happened.',
      )
  }
}

const LONGEST_SECONDS = 86_400

function logs(rest: readonly string[], { flags, piped, words }: KubectlWords): Meaning {
  const selector = flags.get('selector')
  if (selector !== undefined && words.length === 1) {
    return never(
      'kubectl would print the last ten lines of each pod that the label chooses',
      'Bakery reads the log of a workload by its name: “logs” with the name of it.',
    )
  }
  const target = named(rest, 'pod')
  const workload =
    target.resource === 'pod' && target.placeholder === null ? workloadOfPod(target.word) : target.word
  const options = [
    ...sinceOption(flags.get('since')),
    ...(flags.has('previous') ? ['--previous'] : []),
    ...tailOption(
      flags.get('tail') ?? /tail -n? ?(\d{1,4})/.exec(piped)?.[1] ?? /tail -(\d{1,4})/.exec(piped)?.[1],
    ),
    ...grepOption(piped),
  ]
  return does(
    ['logs', workload, ...options].join(' '),
    target,
    `print the log of one pod of ${target.said}, with whatever secrets stand in it`,
    'Bakery reads all its pods, takes secrets out, and says which span is really covered.',
  )
}

/** A pod of a Deployment is called after it: two more pieces. */
function workloadOfPod(pod: string): string {
  return pod.replace(/-[a-f0-9]{6,10}-[a-z0-9]{5}$/, '').replace(/-\d{1,3}$/, '')
}

/** kubectl knows no days: `7d` is an error there, whose count is 0. */
function sinceOption(since: string | undefined): readonly string[] {
  const seconds = since === undefined ? null : parseDuration(since)
  if (seconds === null) return []
  return [`--since ${seconds > LONGEST_SECONDS ? '24h' : since}`]
}

function tailOption(tail: string | undefined): readonly string[] {
  const lines = Number(tail)
  return tail !== undefined && Number.isInteger(lines) && lines >= 1 && lines <= 2000
    ? [`--tail ${lines}`]
    : []
}

function grepOption(piped: string): readonly string[] {
  const [, quoted, bare] = /grep(?: -[A-Za-z]+)* (?:["']([^"']{1,60})["']|([\w.-]{1,60}))/.exec(piped) ?? []
  const word = (quoted ?? bare)?.split(/\\?\|/)[0]
  return word === undefined || word === '' ? [] : [`--grep ${quote(word)}`]
}
