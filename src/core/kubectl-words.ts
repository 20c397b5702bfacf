/**
 * A pasted shell line as far as kubectl is concerned: which words it got, and what its output was piped into. Nothing of it
 * is ever run, expanded or looked up: `$X` and `$(…)` stay the text that they are.
 */
export interface KubectlWords {
  /** Words that are no flags, in their order: `rollout`, `restart`, `deployment/orders-service`. */
  readonly words: readonly string[]
  /** Flags by their long names without dashes; those without a value have an empty one. */
  readonly flags: ReadonlyMap<string, string>
  /** What runs inside a container: everything after `--`. */
  readonly inside: readonly string[]
  /** Everything after the first `|`. */
  readonly piped: string
  /** Something is piped or redirected into it. */
  readonly fed: boolean
}

/** More is no line that somebody has pasted. */
const LONGEST = 2000

/** Short flags that the guide and its readers use, by the verb where they differ. */
const SHORT: Readonly<Record<string, string>> = {
  n: 'namespace',
  l: 'selector',
  o: 'output',
  c: 'container',
  A: 'all-namespaces',
  k: 'kustomize',
  p: 'previous',
  w: 'watch',
}
/** Flags that stand alone: the next word is not theirs. */
const ALONE: ReadonlySet<string> = new Set([
  ...['all-namespaces', 'previous', 'watch', 'stdin', 'tty', 'force', 'follow', 'all', 'ignore-daemonsets'],
  ...['delete-emptydir-data', 'delete-local-data', 'dry-run', 'show-labels', 'no-headers', 'timestamps'],
  ...[
    'it',
    'i',
    't',
    'R',
    'now',
    'containers',
    'prefix',
    'now',
    'overwrite',
    'all-containers',
    'with-source',
  ],
])

/** The words of the first kubectl (or flux) command in a line; null when there is none or the line is too long. */
export function kubectlWords(
  given: string,
): (KubectlWords & { readonly program: 'kubectl' | 'flux' }) | null {
  if (given.length > LONGEST) return null
  const line = given.replace(/\\\s/g, ' ').replace(/\s+/g, ' ').trim()
  const found = /(?:^|[\s($`|;&])(kubectl|flux)(?=\s|$)/.exec(line)
  const program = found?.[1] === 'flux' ? 'flux' : 'kubectl'
  const rest = found === null ? line : line.slice(found.index + found[0].length)
  const { command, piped, redirected } = untilOperator(rest)
  const fed = redirected || (found !== null && /\|\s*$/.test(line.slice(0, found.index + 1)))
  const split = splitWords(command)
  if (split.length === 0) return null
  const dashes = split.indexOf('--')
  const own = dashes === -1 ? split : split.slice(0, dashes)
  return { program, ...sorted(own), inside: dashes === -1 ? [] : split.slice(dashes + 1), piped, fed }
}

/** Up to the first shell operator outside quotes. */
function untilOperator(line: string): { command: string; piped: string; redirected: boolean } {
  let quote: string | null = null
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? ''
    if (quote !== null) {
      if (character === quote) quote = null
    } else if (character === '"' || character === "'") {
      quote = character
    } else if ('|;&)<>`'.includes(character)) {
      const piped = character === '|' ? line.slice(at + 1) : ''
      return { command: line.slice(0, at), piped: piped.trim(), redirected: character === '<' }
    }
  }
  return { command: line, piped: '', redirected: false }
}

function splitWords(command: string): readonly string[] {
  const words: string[] = []
  for (const [whole] of command.matchAll(/(?:"[^"]*"?|'[^']*'?|[^\s"'])+/g)) {
    words.push(whole.replace(/["']/g, ''))
  }
  return words.filter((word) => word !== '')
}

function sorted(own: readonly string[]): Pick<KubectlWords, 'words' | 'flags'> {
  const words: string[] = []
  const flags = new Map<string, string>()
  for (let at = 0; at < own.length; at += 1) {
    const word = own[at] ?? ''
    const [, name, value] = /^[-–—]{1,2}([A-Za-z][\w-]*)(?:=(.*))?$/.exec(word) ?? []
    if (name === undefined) {
      words.push(word)
      continue
    }
    const key = SHORT[name] ?? name
    const next = own[at + 1]
    const takesNext =
      value === undefined && !ALONE.has(key) && key !== 'f' && next !== undefined && !next.startsWith('-')
    flags.set(key, value ?? (takesNext ? next : ''))
    if (takesNext) at += 1
  }
  return { words, flags }
}
