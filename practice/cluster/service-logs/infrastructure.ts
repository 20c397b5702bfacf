import { type Moment, pick } from './moment.ts'

/** One line of a database, Redis, RabbitMQ or the collector. */
export function infrastructureLine(moment: Moment): string {
  const { component } = moment
  if (component === 'database') return postgresLine(moment)
  if (component === 'cache') return redisLine(moment)
  if (component === 'queue') return rabbitLine(moment)
  if (component === 'telemetry') return collectorLine(moment)
  return `INFO  ${pick(['tick', 'nothing to do', 'idle'], moment.chance)}`
}

function postgresLine({ at, chance, workload }: Moment): string {
  const time = `${at.toISOString().slice(0, 23).replace('T', ' ')} UTC`
  const stem = workload.replace(/-db$/, '').replaceAll('-', '_')
  const pid = 60 + (chance % 300)
  const ms = (chance % 90_000) / 10
  return pick<string>(
    [
      `${time} [27] LOG:  checkpoint starting: time`,
      `${time} [27] LOG:  checkpoint complete: wrote ${chance % 90} buffers (0.1%); write=${(ms / 1000).toFixed(3)} s`,
      `${time} [${pid}] ${stem}_user@${stem}_db LOG:  connection authorized: user=${stem}_user database=${stem}_db`,
      `${time} [${pid}] ${stem}_user@${stem}_db LOG:  duration: ${(ms / 8).toFixed(3)} ms  execute: SELECT * FROM ${stem} WHERE tenant_id = $1`,
      `${time} [${pid}] ${stem}_user@${stem}_db LOG:  could not receive data from client: Connection reset by peer`,
    ],
    chance,
    13,
  )
}

function redisLine({ at, chance }: Moment): string {
  const time = at.toUTCString().slice(5, 25)
  return pick<string>(
    [
      `1:M ${time} * 100 changes in 300 seconds. Saving...`,
      `1:M ${time} * Background saving started by pid ${chance % 9000}`,
      `1:M ${time} * Background saving terminated with success`,
    ],
    chance,
    17,
  )
}

function rabbitLine({ at, chance }: Moment): string {
  const time = at.toISOString().slice(0, 23).replace('T', ' ')
  const client = `10.244.1.${chance % 250}:${30_000 + (chance % 20_000)} -> 10.244.2.9:5672`
  return pick<string>(
    [
      `${time}+00:00 [info] <0.${chance % 9999}.0> accepting AMQP connection ${client}`,
      `${time}+00:00 [info] <0.${chance % 9999}.0> connection ${client}: user 'bakery' authenticated and granted access to vhost '/'`,
      `${time}+00:00 [warning] <0.${chance % 9999}.0> closing AMQP connection ${client}: client unexpectedly closed TCP connection`,
    ],
    chance,
    19,
  )
}

function collectorLine({ at, chance }: Moment): string {
  return `${at.toISOString()}\tinfo\texporter sent batch\t{"kind":"exporter","data_type":"traces","items":${100 + (chance % 900)}}`
}
