import pg from 'pg'

/** How often each connection asks something. */
const EVERY_MS = 5000
const CONNECTIONS = 2

/** The connections of a service to its database: open, mostly idle, back again after the database was away. */
export function startLoad(login: pg.ClientConfig, query: string): { stop(): Promise<void> } {
  const clients = Array.from({ length: CONNECTIONS }, () => connection(login, query))
  return {
    async stop() {
      await Promise.all(clients.map((client) => client.stop()))
    },
  }
}

function connection(login: pg.ClientConfig, query: string): { stop(): Promise<void> } {
  let client: pg.Client | null = null
  let turning: Promise<void> = Promise.resolve()
  const drop = () => {
    client = null
  }
  const turn = async () => {
    try {
      if (!client) {
        const fresh = new pg.Client({ ...login, application_name: 'practice-load' })
        fresh.on('error', drop)
        await fresh.connect()
        client = fresh
      }
      await client.query(query)
    } catch {
      drop() // the database is away: the next turn tries again
    }
  }
  turning = turn()
  const timer = setInterval(() => {
    turning = turning.then(turn)
  }, EVERY_MS)
  return {
    async stop() {
      clearInterval(timer)
      await turning
      await client?.end().catch(() => undefined)
    },
  }
}
