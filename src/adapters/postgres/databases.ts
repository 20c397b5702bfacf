import { parseHostPort } from '../../core/address.ts'
import { UserError } from '../../core/errors.ts'
import type { DatabaseReader } from '../../core/ports/databases.ts'
import type { PostgresEndpoint } from './endpoint.ts'
import { fault } from './faults.ts'
import { createInstance, type PostgresInstance } from './instance.ts'

export interface DatabaseOptions extends Omit<PostgresEndpoint, 'host' | 'port'> {
  /** `host:port`; the port is 5432 when it is left out. */
  readonly address: string
}

export interface DatabasesOptions {
  readonly databases: readonly DatabaseOptions[]
  /** A transaction older than this is reported as long. */
  readonly longTransactionSeconds: number
}

const DEFAULT_PORT = 5432

/** Reads the operated PostgreSQL instances (15 and later), each over a connection of its own. Close it at the end. */
export function createDatabaseReader(options: DatabasesOptions): DatabaseReader & { close(): Promise<void> } {
  const { databases, longTransactionSeconds } = options
  const instances = new Map(databases.map((one) => [one.name, instanceOf(one, longTransactionSeconds)]))
  const names = Object.freeze(databases.map(({ name }) => name))
  return {
    names,
    async state(name, signal, also) {
      const instance = instances.get(name)
      if (instance) return instance.state(signal, also)
      const there = names.length > 0 ? names.join(', ') : 'none is configured'
      throw new UserError('BAD_ARGUMENT', `There is no database ${name}. There are: ${there}.`)
    },
    async close() {
      await Promise.all([...instances.values()].map((instance) => instance.close()))
    },
  }
}

function instanceOf({ address, ...rest }: DatabaseOptions, longTransactionSeconds: number): PostgresInstance {
  const place = parseHostPort(address, DEFAULT_PORT)
  if (place) return createInstance({ ...rest, ...place }, longTransactionSeconds)
  return {
    async state() {
      throw fault(rest, rest.name, 'has an address that is not host:port')
    },
    async close() {},
  }
}
