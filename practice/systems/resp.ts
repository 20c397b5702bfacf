/** RESP, Redis' wire format, as far as a server needs it: commands in, simple replies out. */

/** Takes whole commands off the front of what has arrived; the rest waits for more. Throws what is no RESP. */
export function takeCommands(text: string): { commands: string[][]; rest: string } {
  const commands: string[][] = []
  let rest = text
  for (let found = takeCommand(rest); found; found = takeCommand(rest)) {
    if (found.words.length > 0) commands.push(found.words)
    rest = found.rest
  }
  return { commands, rest }
}

function takeCommand(text: string): { words: string[]; rest: string } | null {
  const head = /^([^\r]*)\r\n/.exec(text)
  if (!head) return null
  const line = head[1] ?? ''
  const rest = text.slice(line.length + 2)
  if (!line.startsWith('*')) return { words: line.split(/\s+/).filter((word) => word !== ''), rest }
  return takeWords(rest, Number(line.slice(1)))
}

function takeWords(text: string, count: number): { words: string[]; rest: string } | null {
  const words: string[] = []
  let rest = text
  while (words.length < count) {
    const head = /^\$(\d+)\r\n/.exec(rest)
    if (!head) {
      if (/^(\$\d*\r?)?$/.test(rest)) return null
      throw new Error(`Protocol error: expected '$', got '${rest.charAt(0)}'`)
    }
    const length = Number(head[1])
    const from = head[0].length
    if (rest.length < from + length + 2) return null
    words.push(rest.slice(from, from + length))
    rest = rest.slice(from + length + 2)
  }
  return { words, rest }
}

export type Reply =
  | { readonly simple: string }
  | { readonly error: string }
  | { readonly bulk: string | null }
  | { readonly list: readonly Reply[] }
  | { readonly map: readonly (readonly [string, Reply])[] }
  | { readonly integer: number }

/** Writes a reply in RESP 2 or 3; only maps and the missing value differ. */
export function writeReply(reply: Reply, protocol: 2 | 3): string {
  if ('simple' in reply) return `+${reply.simple}\r\n`
  if ('error' in reply) return `-${reply.error}\r\n`
  if ('integer' in reply) return `:${reply.integer}\r\n`
  if ('bulk' in reply) {
    if (reply.bulk === null) return protocol === 3 ? '_\r\n' : '$-1\r\n'
    return `$${Buffer.byteLength(reply.bulk)}\r\n${reply.bulk}\r\n`
  }
  if ('list' in reply) {
    return `*${reply.list.length}\r\n${reply.list.map((item) => writeReply(item, protocol)).join('')}`
  }
  const head = protocol === 3 ? `%${reply.map.length}` : `*${reply.map.length * 2}`
  const parts = reply.map.map(
    ([key, value]) => writeReply({ bulk: key }, protocol) + writeReply(value, protocol),
  )
  return `${head}\r\n${parts.join('')}`
}
