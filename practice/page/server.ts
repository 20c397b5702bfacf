import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Board } from '../faults/board.ts'
import { isObject, parsed } from '../slack/json.ts'
import type { Shortcut } from '../slack/manifest.ts'
import type { PracticeSlack } from '../slack/start.ts'
import type { Change } from '../slack/state.ts'
import type { Tour } from '../tour/tour.ts'
import { ACTIONS } from './actions.ts'
import { type Assets, assets } from './assets.ts'
import { breaking } from './breaking.ts'
import { refusal, SECURITY_HEADERS } from './guard.ts'
import { BadRequest, type PageParts } from './parts.ts'
import { pictureType } from './pictures.ts'
import type { Completion, Suggestion } from './presentation.ts'
import { QUERIES } from './queries.ts'
import { createReading } from './reading.ts'
import { createRenderer } from './render.ts'
import { touring } from './touring.ts'

export interface PageOptions {
  readonly slack: PracticeSlack
  readonly completions?: readonly Completion[] | undefined
  readonly suggestions?: readonly Suggestion[] | undefined
  /** Whether the app has a home tab. */
  readonly homeTab?: boolean | undefined
  readonly shortcuts?: readonly Shortcut[] | undefined
  /** What can be broken from the page; nothing by default. */
  readonly board?: Board | undefined
  readonly tour?: Tour | undefined
  /** Tried first; the next free one is taken when it is in use. 0: any. */
  readonly port?: number | undefined
}

export interface Page {
  readonly url: string
  stop(): Promise<void>
}

/** Room for 10 MB of files in base64. */
const MOST_BYTES = 14_000_000
const PORTS_TRIED = 20

/** Starts the practice page on a port of the loopback interface. Throws when no port is free. */
export async function startPage(options: PageOptions): Promise<Page> {
  const reading = createReading(options.slack)
  const parts: PageParts = {
    slack: options.slack,
    reading,
    renderer: createRenderer(options.slack.state),
    completions: options.completions ?? [],
    suggestions: options.suggestions ?? [],
    homeTab: options.homeTab ?? false,
    shortcuts: options.shortcuts ?? [],
    board: options.board ?? null,
    tour: options.tour ?? null,
  }
  const files = assets()
  let port = 0
  const streams = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    serve(parts, files, streams, port, request, response).catch((error: unknown) => fail(response, error))
  })
  port = await listen(server, options.port ?? 0)
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      reading.stop()
      for (const stream of streams) stream.end()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function serve(
  parts: PageParts,
  files: Assets,
  streams: Set<ServerResponse>,
  port: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refused = refusal(request, port)
  if (refused !== null) return json(response, 403, { error: refused })
  const url = new URL(request.url ?? '/', 'http://page')
  const asset = files.get(url.pathname)
  if (asset !== undefined) {
    response.writeHead(200, { ...SECURITY_HEADERS, 'Content-Type': asset.type }).end(asset.content)
    return
  }
  if (url.pathname === '/events') return stream(parts, streams, url.searchParams.get('person'), response)
  if (url.pathname === '/file') return file(parts, url.searchParams, response)
  const name = url.pathname.slice('/do/'.length)
  const query = request.method === 'GET' ? QUERIES[name] : undefined
  if (query !== undefined) return json(response, 200, await query(parts, url.searchParams))
  const method = request.method ?? ''
  const told =
    (await touring(parts.tour, method, url.pathname)) ?? (await breaking(parts.board, method, url.pathname))
  if (told !== null) return json(response, told.status, told.body)
  const action = request.method === 'POST' ? ACTIONS[name] : undefined
  if (action === undefined) return json(response, 404, { error: 'there is no such page' })
  const body = parsed(await read(request))
  return json(response, 200, await action(parts, isObject(body) ? body : {}))
}

/** Live changes; what concerns one person alone goes to that person alone. */
function stream(
  parts: PageParts,
  streams: Set<ServerResponse>,
  person: string | null,
  response: ServerResponse,
): void {
  response.writeHead(200, { ...SECURITY_HEADERS, 'Content-Type': 'text/event-stream' })
  response.write('retry: 1000\n\n')
  const tell = (change: Change) => {
    if (change.person !== undefined && change.person !== person) return
    response.write(`data: ${JSON.stringify(change)}\n\n`)
  }
  const stop = parts.slack.subscribe(tell)
  streams.add(response)
  response.on('close', () => {
    stop()
    streams.delete(response)
  })
}

/** A picture to be shown, anything else as a download: whatever it holds, the browser must not run it. */
async function file(parts: PageParts, query: URLSearchParams, response: ServerResponse): Promise<void> {
  const path = query.get('path') ?? ''
  const found = path.startsWith('/files-pri/') ? await parts.slack.file(path) : null
  if (found === null) return json(response, 404, { error: 'there is no such file' })
  const name = encodeURIComponent(query.get('name') ?? 'file')
  const picture = query.get('shown') === '1' ? pictureType(found.bytes) : null
  const headers = {
    'Content-Type': picture ?? 'text/plain; charset=utf-8',
    'Content-Disposition': `${picture === null ? 'attachment' : 'inline'}; filename*=UTF-8''${name}`,
  }
  response.writeHead(200, { ...SECURITY_HEADERS, ...headers }).end(found.bytes)
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { ...SECURITY_HEADERS, 'Content-Type': 'application/json; charset=utf-8' })
  response.end(JSON.stringify(body))
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy()
  const message = error instanceof Error ? error.message : String(error)
  json(response, error instanceof BadRequest ? 400 : 500, { error: message })
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue
    size += chunk.length
    if (size > MOST_BYTES) throw new BadRequest('that is more than the page takes: files of 10 MB in all')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function listen(server: Server, wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + PORTS_TRIED; port += 1) {
    const bound = await tryPort(server, port)
    if (bound !== null) return bound
  }
  throw new Error(`no port from ${wanted} to ${wanted + PORTS_TRIED - 1} is free; name another with --port`)
}

function tryPort(server: Server, port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error)
    server.once('error', failed)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}
