import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram } from './programs.ts'
import { freePort, HOST, launch, type Server, temporaryFolder } from './servers.ts'

/** Debian puts it under /usr/lib and its /usr/sbin wrapper changes users: the server's own script is what we want. */
const RABBITMQ_SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server'

export const RABBITMQ_USER = 'bakery'
export const RABBITMQ_PASSWORD = 'rabbit-CANARY-4711'

/** Its own Erlang port mapper goes with it: the machine's would be shared, and one that it starts itself would stay. */
const WITH_EPMD = 'epmd -address 127.0.0.1 -port "$ERL_EPMD_PORT" & sleep 0.3; exec "$0"'

/** With the management plugin; `url` is its address. A node of its own: name, cookie, ports and data. */
export async function startRabbitmq(settings: readonly string[] = []): Promise<Server> {
  const folder = await temporaryFolder('rabbitmq')
  const [amqp, distribution, mapper, port] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ]
  await writeFile(join(folder, 'enabled_plugins'), '[rabbitmq_management].\n')
  const config = [
    `listeners.tcp.1 = ${HOST}:${amqp}`,
    `management.tcp.ip = ${HOST}`,
    `management.tcp.port = ${port}`,
    `default_user = ${RABBITMQ_USER}`,
    `default_pass = ${RABBITMQ_PASSWORD}`,
    'collect_statistics_interval = 500',
    ...settings,
  ]
  await writeFile(join(folder, 'rabbitmq.conf'), `${config.join('\n')}\n`)
  const authorization = `Basic ${btoa(`${RABBITMQ_USER}:${RABBITMQ_PASSWORD}`)}`
  return launch({
    program: '/bin/sh',
    flags: ['-c', WITH_EPMD, RABBITMQ_SERVER],
    env: {
      HOME: folder,
      ERL_EPMD_PORT: String(mapper),
      RABBITMQ_NODENAME: `bakery-${amqp}@localhost`,
      RABBITMQ_NODE_PORT: String(amqp),
      RABBITMQ_DIST_PORT: String(distribution),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
      RABBITMQ_MNESIA_BASE: join(folder, 'data'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_PID_FILE: join(folder, 'pid'),
      RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
      RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    },
    folder,
    port,
    async ready() {
      const response = await fetch(`http://${HOST}:${port}/api/overview`, { headers: { authorization } })
      await response.arrayBuffer()
      if (!response.ok) throw new Error(`the management API answered ${response.status}`)
    },
  })
}

/** Whether this machine has RabbitMQ with its management plugin. */
export function hasRabbitmq(): boolean {
  return existsSync(RABBITMQ_SERVER) && findProgram('epmd') !== null
}
