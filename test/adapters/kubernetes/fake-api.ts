import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const TOKEN = 'canary-token-0123456789abcdef'

export type Handler = (url: URL, response: ServerResponse, request: IncomingMessage) => void

/** An API server that answers as the test says, to provoke what a real one does rarely. */
export interface FakeApi {
  readonly kubeconfig: string
  readonly port: number
  /** `METHOD path?query` of everything that was asked. */
  readonly asked: readonly string[]
  /** How many connections were ever opened, and how many still are. */
  connections(): { opened: number; open: number }
  /** Cuts every connection. */
  cut(): void
  stop(): Promise<void>
}

export async function startFakeApi(handler: Handler, port = 0): Promise<FakeApi> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  let opened = 0
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake')
    asked.push(`${url.pathname}${url.search}`)
    handler(url, response, request)
  })
  server.on('connection', (socket) => {
    opened += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  const { port: actual } = server.address() as AddressInfo
  const folder = mkdtempSync(join(tmpdir(), 'bakery-fake-api-'))
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, kubeconfigFor(`http://127.0.0.1:${actual}`))
  return {
    kubeconfig,
    port: actual,
    asked,
    connections: () => ({ opened, open: sockets.size }),
    cut: () => server.closeAllConnections(),
    async stop() {
      rmSync(folder, { recursive: true, force: true })
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

export function kubeconfigFor(server: string, token = TOKEN): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'fake', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'reader', user: { token } }],
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'reader' } }],
    'current-context': 'fake',
  })
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** A Status object, as the API server refuses. */
export function refuse(response: ServerResponse, code: number, message: string): void {
  sendJson(response, { kind: 'Status', status: 'Failure', message, code }, code)
}

export function listOf(items: readonly unknown[], metadata: object = { resourceVersion: '10' }): object {
  return { kind: 'List', metadata, items }
}

export function event(type: string, object: unknown): string {
  return `${JSON.stringify({ type, object })}\n`
}

export const rawNode = (name: string, version = '11') => ({
  metadata: { name, uid: `uid-${name}`, resourceVersion: version },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
})
