import type { Readable } from 'node:stream'

/** An answer was longer than what is taken. */
export class TooLong extends Error {
  override readonly name = 'TooLong'
}

/**
 * Reads a body as UTF-8 and stops as soon as it is longer than `maxBytes`; throws `TooLong`. `announced` is what its
 * content-length says, 0 when nothing does.
 */
export async function readText(body: Readable, announced: number, maxBytes: number): Promise<string> {
  const tooLong = () => new TooLong(`longer than ${maxBytes} bytes`)
  if (announced > maxBytes) {
    // Left in the middle, it says so in an event that nobody else hears.
    body.on('error', () => undefined).destroy()
    throw tooLong()
  }
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw tooLong()
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}
