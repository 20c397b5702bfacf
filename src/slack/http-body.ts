import type { IncomingMessage } from 'node:http'

/** The largest body that is read, in bytes. Slack's own requests stay far below. */
const BODY_LIMIT = 1024 * 1024

/** The raw bytes as they were signed. `oversize`: more than the limit, and the rest was not read. */
export function readRaw(
  request: IncomingMessage,
  limit: number = BODY_LIMIT,
): Promise<Buffer | 'oversize' | 'aborted'> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.resolve('oversize')
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > limit) {
        request.removeAllListeners('data')
        request.pause()
        resolve('oversize')
      } else chunks.push(chunk)
    })
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    request.on('error', () => resolve('aborted'))
    request.on('close', () => resolve('aborted'))
  })
}
