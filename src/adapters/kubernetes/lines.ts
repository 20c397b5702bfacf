/**
 * The lines of a stream of bytes, without their ends. A byte that is not UTF-8 becomes U+FFFD. Of a line longer than
 * `longest` characters only the beginning is given, so that one endless line cannot fill the memory.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, longest: number): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  let dropping = false
  for await (const chunk of chunks) {
    const parts = decoder.decode(chunk, { stream: true }).split('\n')
    for (const [index, part] of parts.entries()) {
      if (!dropping) rest += part
      if (rest.length > longest) {
        rest = rest.slice(0, longest)
        dropping = true
      }
      if (index === parts.length - 1) break
      yield rest
      rest = ''
      dropping = false
    }
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}
