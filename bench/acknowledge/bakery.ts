import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { commands } from '../../commands/index.ts'
import { createIntake } from '../../src/core/intake.ts'
import type { Outbox } from '../../src/core/ports/outbox.ts'
import { createRegistry } from '../../src/core/registry.ts'
import { readPlatform } from '../../src/platform-file.ts'
import { createSlack } from '../../src/slack/app.ts'
import { createAccess } from '../../src/store/access.ts'
import { createListener } from '../../src/store/listener.ts'
import { createPool } from '../../src/store/pool.ts'
import { createReceipts } from '../../src/store/receipts.ts'
import { reportPort, settings } from './child.ts'

/**
 * The way of a request up to its acknowledgement, of Bakery's own parts: receiver, signature, intake, registry, authorisation
 * from the snapshot, receipt with replay keys and audit row. What is done after the acknowledgement is left out on both sides.
 */
const { signingSecret, databaseUrl } = settings()
const log = pino({ level: 'warn' }, pino.destination(2))
const listener = createListener({ url: databaseUrl, log })
const access = createAccess({ pool: createPool({ url: databaseUrl, log }), listener, log })
const receipts = createReceipts({ url: databaseUrl, owner: randomUUID(), access, log })
const registry = createRegistry(commands, readPlatform('platform.example.yaml'))

const nothing = async () => undefined
const outbox: Outbox = {
  claim: async () => [],
  sent: nothing,
  again: nothing,
  unknown: nothing,
  redirect: nothing,
  failed: nothing,
  pause: nothing,
  nextInMs: async () => null,
  onWaiting: () => () => undefined,
}
const slack = createSlack({
  // Nothing listens on port 9: Slack is away, which no acknowledgement waits for.
  slack: {
    ...{ botToken: 'xoxb-none', signingSecret, appToken: null },
    ...{ apiUrl: 'http://127.0.0.1:9/api/', command: '/bakery' },
  },
  host: '127.0.0.1',
  port: 0,
  leaseSeconds: 30,
  outbox,
  mirror: {
    saveUser: nothing,
    saveChannel: nothing,
    saveGroup: nothing,
    staleUsers: async () => [],
    staleChannels: async () => [],
  },
  mirrored: () => undefined,
  log: pino({ level: 'silent' }),
  metrics: new Registry(),
  routes: {},
  home: nothing,
  intake: ({ identities }) =>
    createIntake({
      registry,
      access,
      receipts,
      offers: { find: async () => null },
      operations: { find: async () => null },
      identities,
      personOf: (user) => user,
      run: nothing,
      emergency: null,
      now: Date.now,
    }),
})
listener.start()
await access.start()
receipts.start()
reportPort(await slack.start())
