/** An answer was longer than what is taken. */
export class TooLong extends Error {
  override readonly name = 'TooLong'
}

/** Reads a body as UTF-8 and stops as soon as it is longer than `maxBytes`; throws `TooLong`. */
export async function readText(response: Response, maxBytes: number): Promise<string> {
  if (!response.body) return ''
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) {
    await response.body.cancel()
    throw new TooLong(`longer than ${maxBytes} bytes`)
  }
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw new TooLong(`longer than ${maxBytes} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
