import { createHmac } from 'node:crypto'
import { connect, type Socket } from 'node:net'

/** Signed slash commands over raw sockets: a generator on node:http would be the bottleneck itself. */
export interface LoadOptions {
  readonly port: number
  readonly connections: number
  readonly signingSecret: string
  readonly durationMs: number
}

interface Connection {
  /** Sends one request; resolves when it was acknowledged with 200, rejects otherwise. */
  send(request: Buffer): Promise<void>
}

/** As many as the server takes: acknowledgements a second. */
export async function closedLoop(options: LoadOptions): Promise<number> {
  const next = requests(options)
  return withConnections(options, async (connections) => {
    const started = performance.now()
    let count = 0
    const keepAsking = async (connection: Connection) => {
      while (performance.now() - started < options.durationMs) {
        await connection.send(next())
        count += 1
      }
    }
    await Promise.all(connections.map(keepAsking))
    return count / ((performance.now() - started) / 1000)
  })
}

/** At a fixed rate, whatever the server does: the milliseconds that each acknowledgement took, waiting for a connection included. */
export async function openLoop(options: LoadOptions & { ratePerSecond: number }): Promise<readonly number[]> {
  const next = requests(options)
  return withConnections(options, async (connections) => {
    const free = createTurns(connections)
    const latencies: number[] = []
    const one = async () => {
      const sent = performance.now()
      await free(async (connection) => connection.send(next()))
      latencies.push(performance.now() - sent)
    }
    const started = performance.now()
    const all: Promise<void>[] = []
    for (let index = 0; index < (options.ratePerSecond * options.durationMs) / 1000; index += 1) {
      const waitMs = started + (index * 1000) / options.ratePerSecond - performance.now()
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
      all.push(one())
    }
    await Promise.all(all)
    return latencies
  })
}

/** Lends each connection to one at a time, the longest unused first: a server closes those that are idle for seconds. */
function createTurns(
  connections: readonly Connection[],
): (use: (connection: Connection) => Promise<void>) => Promise<void> {
  const free = [...connections]
  const waiting: ((connection: Connection) => void)[] = []
  return async (use) => {
    const connection = free.shift() ?? (await new Promise<Connection>((resolve) => waiting.push(resolve)))
    await use(connection)
    const next = waiting.shift()
    if (next) next(connection)
    else free.push(connection)
  }
}

/** Fresh connections for each measurement: a server closes those that were idle during the other's turn. */
async function withConnections<T>(
  { port, connections }: LoadOptions,
  use: (connections: readonly Connection[]) => Promise<T>,
): Promise<T> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)))
  try {
    return await use(sockets.map(connectionOf))
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.setNoDelay(true)))
    socket.once('error', reject)
  })
}

/** A request that is not answered for so long fails the benchmark instead of hanging it. */
const ANSWER_MS = 15_000

function connectionOf(socket: Socket): Connection {
  socket.setTimeout(ANSWER_MS, () => socket.destroy())
  let settle: { resolve(): void; reject(problem: Error): void } | null = null
  let received = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    received += chunk
    const length = lengthOf(received)
    if (length === null || received.length < length) return
    const head = received.slice(0, 12)
    received = ''
    const waiting = settle
    settle = null
    if (head === 'HTTP/1.1 200') waiting?.resolve()
    else waiting?.reject(new Error(`a request of the benchmark was answered with ${head}`))
  })
  socket.on('close', () =>
    settle?.reject(new Error('the server closed a connection of the benchmark, or did not answer on it')),
  )
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject }
        socket.write(request)
      }),
  }
}

/** How long the answer is once all of it is there; null while its head is not. */
function lengthOf(received: string): number | null {
  const head = received.indexOf('\r\n\r\n')
  if (head === -1) return null
  const declared = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, head))
  if (declared) return head + 4 + Number(declared[1])
  return received.endsWith('0\r\n\r\n') ? received.length : null
}

/** More than any server here takes in a millisecond. */
const REQUESTS_PER_MS = 20

/** Signed before the measurement begins: what this costs must not be taken from the server's side of the machine. */
function requests(options: LoadOptions): () => Buffer {
  const next = signer(options)
  const ready = Array.from({ length: options.durationMs * REQUESTS_PER_MS }, next)
  return () => ready.pop() ?? next()
}

/** Every request is another one: a repeated one would be a replay. */
function signer({ port, signingSecret }: LoadOptions): () => Buffer {
  let count = 0
  const prefix =
    'token=gone&team_id=T1&team_domain=bakery&channel_id=C1&channel_name=operations&user_id=U1&user_name=ana' +
    '&command=%2Fbakery&text=whoami&api_app_id=A1&is_enterprise_install=false' +
    `&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1%2F1%2Fx&trigger_id=1.${process.pid}.`
  return () => {
    count += 1
    const body = `${prefix}${performance.now()}.${count}`
    const timestamp = String(Math.floor(Date.now() / 1000))
    const mac = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')
    return Buffer.from(
      `POST /slack/events HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n` +
        'content-type: application/x-www-form-urlencoded\r\n' +
        `content-length: ${body.length}\r\nx-slack-signature: v0=${mac}\r\n` +
        `x-slack-request-timestamp: ${timestamp}\r\n\r\n${body}`,
      'latin1',
    )
  }
}
