import { does, type Meaning, never } from './kubectl-meaning.ts'
import { named, type Resource, resourceOf } from './kubectl-names.ts'
import type { KubectlWords } from './kubectl-words.ts'

/** Lines that Bakery does differently, or on purpose not at all: deletions, edits, statements in containers, files. */
export function deletion(rest: readonly string[]): Meaning {
  const target = named(rest, 'other')
  switch (target.resource) {
    case 'pod':
      return does(
        `pod delete ${target.word}`,
        target,
        `delete ${target.said}; of a database that cuts its connections without a checkpoint`,
        'For a database, “restart” is the gentler way.',
      )
    case 'secret':
      return never(
        `kubectl would delete ${target.said}; whatever mounts or serves it has nothing until somebody makes it anew`,
        'Bakery deletes no Secret. A certificate is renewed while the old one stays in place.',
      )
    default:
      return never(
        `kubectl would delete ${target.said} with everything that belongs to it`,
        'Bakery deletes pods only. What shall not exist is taken out of git; what shall not run is scaled to 0.',
      )
  }
}

export function edit(verb: string, rest: readonly string[]): Meaning {
  const target = named(verb === 'set' ? rest.slice(1) : rest, 'deployment')
  if (target.resource === 'hpa') {
    return {
      ...does(
        `hpa ${target.word} --max <max>`,
        target,
        `open the autoscaler of ${target.said} in an editor; Flux puts it back as git has it`,
        'Name the bound: --min, --max or both.',
      ),
      placeholder: 'max',
    }
  }
  if (target.resource === 'secret') {
    return never(
      `kubectl would show ${target.said} with all its values, and change it under services that still use the old ones`,
      'Bakery shows no secret. A password is changed in the database first, then in the Secret, then service by service.',
    )
  }
  return never(
    `kubectl would change ${target.said} by hand; where Flux manages it, git puts it back`,
    'What shall last belongs into git. For the moment there are “scale”, “hpa”, “rollback” and “restart”.',
  )
}

/** What is no question. */
const CHANGES_SQL =
  /\b(drop|create|alter|vacuum|reindex|insert|update|delete|truncate|grant|revoke|do|call|copy|pg_terminate_backend|pg_cancel_backend)\b/i
const SQL = /^(psql|pg_dump|pg_restore|pg_dumpall|vacuumdb|reindexdb)$/

export function exec({ words, inside, fed }: KubectlWords): Meaning {
  const target = named(words.slice(1), 'pod')
  const command = inside[0] ?? words[2] ?? ''
  const would = `kubectl would run ${command === '' ? 'a program' : `“${command.slice(0, 40)}”`} inside ${target.said}`
  const health = (line: string, says: string): Meaning => ({ ...does(line, null, ''), would, differs: says })
  if (SQL.test(command)) {
    const changing = CHANGES_SQL.exec(inside.join(' '))?.[1]
    if (changing !== undefined || fed) {
      const what = changing === undefined ? 'whatever is piped into it' : `“${changing.toUpperCase()}”`
      return never(
        `kubectl would run ${what} in the database of ${target.said} at once, with nobody’s second look`,
        'Bakery runs no statement that somebody types. “health databases” shows how each database is.',
      )
    }
    return health(
      'health databases',
      'Bakery asks each database itself, with an account that can only look. It runs no statement that somebody types.',
    )
  }
  if (/^redis-cli$/.test(command)) return health('health redis', 'Bakery asks Redis itself.')
  if (/^rabbitmq/.test(command)) return health('health rabbitmq', 'Bakery asks RabbitMQ itself.')
  if (/^(wget|curl|nc)$/.test(command)) {
    const line = /collector/.test(target.word) ? 'health collector' : 'health'
    return health(line, 'Bakery asks the systems themselves and says which of them cannot be asked.')
  }
  if (/^(env|printenv)$/.test(command)) {
    return never(would, 'The environment of a container holds passwords, so Bakery does not show it.')
  }
  if (command === 'df') return health('health', 'Free space is among what health looks at, from Prometheus.')
  return never(would, 'Bakery gives nobody a shell inside a container.')
}

export function apply(verb: string, rest: readonly string[]): Meaning {
  const target: Resource | null = resourceOf(rest[0] ?? '')
  if (verb === 'create' && target === 'secret') {
    return never(
      'kubectl would make a Secret from values that stand in the shell’s history',
      'Bakery takes no secret from a message.',
    )
  }
  return never(
    `kubectl would ${verb} what stands in files on your machine, whatever git says`,
    'What shall run belongs into git; “flux reconcile” has Flux look at it at once.',
  )
}
