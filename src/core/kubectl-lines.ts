import { fluxMeaning } from './kubectl-flux.ts'
import { does, type Meaning, never } from './kubectl-meaning.ts'
import { type Named, named, nameOf } from './kubectl-names.ts'
import { readMeaning } from './kubectl-reads.ts'
import { type KubectlWords, kubectlWords } from './kubectl-words.ts'
import { apply, deletion, edit, exec } from './kubectl-writes.ts'
import { quote } from './tokens.ts'

/**
 * What a pasted kubectl line means in Bakery's words: the operations guide's lines, and their near relations. Pure, and
 * nothing is ever run. Null: it is no line of kubectl's that is known.
 */
export function understandKubectl(given: string, namespace: string): Meaning | null {
  const line = kubectlWords(given)
  if (line === null) return null
  if (line.program === 'flux') return fluxMeaning(line)
  const elsewhere = line.flags.get('namespace')
  const meaning = verbMeaning(line)
  if (meaning === null || meaning.line === null || elsewhere === undefined || elsewhere === namespace)
    return meaning
  if (meaning.everywhere) return meaning
  return never(
    meaning.would,
    `Bakery operates the namespace ${namespace} only; ${nameOf(elsewhere)} is not looked at by it yet.`,
  )
}

function verbMeaning(line: KubectlWords): Meaning | null {
  const [verb = '', ...rest] = line.words
  switch (verb) {
    case 'get':
    case 'top':
    case 'describe':
    case 'logs':
    case 'wait':
    case 'events':
      return readMeaning(verb, rest, line)
    case 'rollout':
      return rollout(rest, line)
    case 'scale':
      return scale(rest, line)
    case 'autoscale':
      return autoscale(rest, line)
    case 'delete':
      return deletion(rest)
    case 'cordon':
    case 'uncordon':
    case 'drain':
      return node(verb, rest, line)
    case 'edit':
    case 'patch':
    case 'set':
      return edit(verb, rest)
    case 'exec':
      return exec(line)
    case 'apply':
    case 'create':
    case 'replace':
      return apply(verb, rest)
    case 'port-forward':
    case 'proxy':
    case 'cp':
    case 'attach':
    case 'run':
    case 'debug':
      return never(
        `kubectl ${verb} would open a way into a container or a Service from your machine`,
        'Bakery opens no way into a container. “health” asks every system that Bakery knows from inside.',
      )
    default:
      return null
  }
}

function rollout([action = '', ...rest]: readonly string[], line: KubectlWords): Meaning | null {
  const target = named(rest, 'deployment')
  switch (action) {
    case 'restart':
      return restart(target, line)
    case 'undo':
      return undo(target, line)
    case 'status':
    case 'history':
      return does(`rollout ${action} ${target.word}`, target, `show the ${action} of ${target.said}`)
    case 'pause':
    case 'resume':
      return does(`rollout ${action} ${target.word}`, target, `${action} the rollout of ${target.said}`)
    default:
      return null
  }
}

function restart(target: Named, { flags }: KubectlWords): Meaning {
  if (!target.all) {
    return does(
      `restart ${target.word}`,
      target,
      `replace all pods of ${target.said} at once with its strategy, without saying what that cuts`,
    )
  }
  const component = /(?:^|,)app\.kubernetes\.io\/component=([a-z0-9-]+)/.exec(
    flags.get('selector') ?? '',
  )?.[1]
  const which =
    component === undefined
      ? 'every Deployment of the namespace'
      : `every Deployment of the component ${component}`
  return does(
    component === undefined ? 'restart all' : `restart all --component ${quote(component)}`,
    null,
    `restart ${which} at the same time${component === undefined ? ', also single-replica databases, Redis and RabbitMQ' : ''}`,
    'Bakery restarts in waves, what keeps state last and one at a time, and stops at the first that does not come back.',
  )
}

function undo(target: Named, { flags }: KubectlWords): Meaning {
  const to = flags.get('to-revision')
  const number = to !== undefined && /^\d{1,9}$/.test(to) ? to : '0'
  return does(
    `rollback ${target.word} --to ${number}`,
    target,
    `put ${number === '0' ? 'the revision before' : `revision ${number}`} of ${target.said} back; where Flux manages it, that lasts one interval`,
    'Bakery shows what changed between the two, and can hold Flux for as long as it has to last.',
  )
}

function scale(rest: readonly string[], { flags }: KubectlWords): Meaning {
  const target = named(rest, 'deployment')
  const replicas = flags.get('replicas') ?? ''
  const number = /^\d{1,3}$/.test(replicas) ? replicas : '<replicas>'
  return {
    ...does(
      `scale ${target.word} ${number}`,
      target,
      `set ${target.said} to ${number} pods; an autoscaler or Flux may set it back within seconds or minutes`,
      'Bakery says beforehand what would set it back, and changes that instead.',
    ),
    ...(number === '<replicas>' ? { placeholder: 'replicas' } : {}),
  }
}

function autoscale(rest: readonly string[], { flags }: KubectlWords): Meaning {
  const target = named(rest, 'deployment')
  const bounds = ['min', 'max'].flatMap((key) => {
    const value = flags.get(key)
    return value !== undefined && /^\d{1,3}$/.test(value) ? [`--${key} ${value}`] : []
  })
  return does(
    `hpa ${target.word}${bounds.map((one) => ` ${one}`).join('')}`,
    target,
    `make an autoscaler for ${target.said}`,
    'Bakery changes the bounds of one that is there; a new one belongs into git.',
  )
}

function node(verb: string, rest: readonly string[], { flags }: KubectlWords): Meaning {
  const target = named(rest, 'node')
  const also = [
    ...(flags.has('force') ? [' --force'] : []),
    ...(flags.has('delete-emptydir-data') || flags.has('delete-local-data') ? [' --lose-data'] : []),
  ].join('')
  const would = { cordon: 'keep new pods from', uncordon: 'let new pods on', drain: 'move all pods off' }[
    verb
  ]
  return {
    ...does(`node ${verb} ${target.word}${verb === 'drain' ? also : ''}`, target, `${would} ${target.said}`),
    everywhere: true,
  }
}
