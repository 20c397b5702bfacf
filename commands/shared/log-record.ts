/** Fields that a message shows already, or that nobody reads on a phone; the file has them. */
const LEFT_OUT = new Set([
  ...[
    'timestamp',
    'time',
    'ts',
    '@timestamp',
    'service',
    'service.name',
    'hostname',
    'pid',
    'logger',
    'name',
  ],
  ...['trace_id', 'span_id', 'traceId', 'spanId', 'request_id', 'level', 'severity', 'levelname'],
  ...['message', 'msg', 'event'],
])
const FIELDS_SHOWN = 8

/** A line as a person reads it: of a JSON record its level, message and fields; of any other line all but its own time. */
export function readable(line: string): string {
  return (
    recordOf(line) ??
    line.replace(
      /^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d| (?:UTC|GMT))?\]? /,
      '',
    )
  )
}

function recordOf(line: string): string | null {
  if (!line.startsWith('{')) return null
  try {
    const fields: unknown = JSON.parse(line)
    if (typeof fields !== 'object' || fields === null) return null
    const entries = new Map<string, unknown>(Object.entries(fields))
    const first = (...names: string[]) =>
      names.map((name) => entries.get(name)).find((value) => value !== undefined)
    const message = first('message', 'msg', 'event')
    if (typeof message !== 'string') return null
    const level = first('level', 'severity', 'levelname')
    const rest = [...entries].filter(([name]) => !LEFT_OUT.has(name)).slice(0, FIELDS_SHOWN)
    const shown = rest.map(
      ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    )
    return [...(typeof level === 'string' ? [level.toUpperCase()] : []), message, ...shown].join(' ')
  } catch {
    return null
  }
}
