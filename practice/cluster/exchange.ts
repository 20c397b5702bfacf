import type { ServerResponse } from 'node:http'

/** One request being answered, as far as the handlers need it. */
export interface Exchange {
  readonly query: URLSearchParams
  readonly contentType: string
  /** Empty when the client says nothing of itself. */
  readonly userAgent: string
  readonly body: string
  readonly response: ServerResponse
  /** Something that lives longer than an answer (a watch, a followed log): called when the server stops. */
  readonly lasting: (end: () => void) => void
}

/** A whole answer. `streamed`: the handler writes to the response by itself. */
export type Reply = { readonly code: number; readonly type: string; readonly text: string } | 'streamed'

export const json = (code: number, text: string): Reply => ({ code, type: 'application/json', text })
export const plain = (code: number, text: string): Reply => ({
  code,
  type: 'text/plain; charset=utf-8',
  text,
})

export function send(response: ServerResponse, reply: Reply): void {
  if (reply === 'streamed') return
  response.writeHead(reply.code, { 'content-type': reply.type, 'cache-control': 'no-cache, private' })
  response.end(reply.text)
}
