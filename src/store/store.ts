import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import type { JobStore } from '../core/ports/jobs.ts'
import type { Mirror } from '../core/ports/mirror.ts'
import type { OperationEngine, OperationReader } from '../core/ports/operations.ts'
import type { Journal, Offers } from '../core/ports/records.ts'
import { type AccessStore, createAccess } from './access.ts'
import { type AuditStore, createAudit } from './audit.ts'
import { createJobs } from './jobs.ts'
import { createJournal } from './journal.ts'
import { createListener } from './listener.ts'
import { createMirror } from './mirror.ts'
import { createOffers } from './offers.ts'
import { createOperationReader } from './operations.ts'
import { createOperationEngine } from './operations-engine.ts'
import type { OperationSettings } from './operations-rows.ts'
import { createOutbox, type OutboxStore } from './outbox.ts'
import { createPool, type StoreLog } from './pool.ts'
import { createProcessLease } from './process.ts'
import { createReceipts, type ReceiptsStore } from './receipts.ts'

export interface StoreOptions {
  /** The bot's role. */
  readonly url: string
  readonly leaseSeconds: number
  /** Several Slack ids can be one person. */
  readonly personOf: (user: string) => string
  readonly operations: OperationSettings
  readonly log: StoreLog
  /** Of this process; a new one when it is not given. */
  readonly owner?: string
}

/** Bakery's own Postgres, as one process uses it. */
export interface Store {
  readonly owner: string
  readonly pool: Pool
  readonly receipts: ReceiptsStore
  readonly journal: Journal
  readonly access: AccessStore
  readonly offers: Offers
  readonly outbox: OutboxStore
  readonly mirror: Mirror
  readonly jobs: JobStore
  readonly audit: AuditStore
  readonly operations: OperationReader
  readonly engine: OperationEngine
  /** Takes the lease and reads the access records. Throws when the database cannot be reached; may be called again. */
  start(): Promise<void>
  /** Ends what is under way, gives the lease up and closes every connection. */
  stop(): Promise<void>
}

/** Puts the parts of the store together; nothing is connected to before `start`. */
export function createStore(options: StoreOptions): Store {
  const { url, leaseSeconds, personOf, operations, log, owner = randomUUID() } = options
  const pool = createPool({ url, log })
  const listener = createListener({ url, log })
  const access = createAccess({ pool, listener, log })
  const lease = createProcessLease({ pool, owner, leaseSeconds, log })
  const receipts = createReceipts({ url, owner, access, log })
  const outbox = createOutbox({ pool, listener, owner, leaseSeconds })
  const own = { pool, owner, onMessages: outbox.wake }
  return {
    ...{ owner, pool, receipts, access, outbox },
    journal: createJournal({ ...own, personOf, operations }),
    offers: createOffers(pool),
    mirror: createMirror(pool),
    jobs: createJobs(own),
    audit: createAudit(pool),
    operations: createOperationReader(pool),
    engine: createOperationEngine({ pool, listener, settings: operations, onMessages: outbox.wake }),
    async start() {
      await lease.start()
      listener.start()
      await access.start()
      receipts.start()
    },
    async stop() {
      await receipts.stop()
      access.stop()
      await lease.stop()
      await listener.stop()
      await pool.end()
    },
  }
}
