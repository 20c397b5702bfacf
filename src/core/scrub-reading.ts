/** Where something stands in a text: from this character to the one before that. */
export type Range = readonly [start: number, end: number]

/** A reading of the text, and where each of its characters stands in it. */
export interface Reading {
  readonly text: string
  readonly at: (index: number) => number
}

export function asItStands(text: string): Reading {
  return { text, at: (index) => index }
}

/** With its line breaks taken out. */
export function withoutBreaks(text: string): Reading {
  return glue(text, () => true)
}

/** With only those line breaks taken out that do not begin a new record. */
export function withoutRecordBreaks(text: string): Reading {
  return glue(text, (rest) => !RECORD_START.test(rest))
}

/** Where a part of the reading stands in the text. */
export function placed(reading: Reading, start: number, end: number): Range {
  return [reading.at(start), reading.at(Math.max(start, end - 1)) + 1]
}

/** How programs begin a new line of log: a time, a level, a bracket. What does not begin so may go on from the line before. */
const RECORD_START =
  /^\s*(?:\d{4}[-/]\d\d|\d\d:\d\d|[[{(<]|(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|LOG|HINT|DETAIL|STATEMENT|CONTEXT|at|File|Traceback|Caused|GET|POST|PUT|PATCH|DELETE)\b|[A-Z][a-z]{2} +\d|[\w.-]{1,40}\s?[:=|](?![=\s]*$))/i

/** Its pieces are remembered, not its characters: a log of a megabyte has a million of these, twice. */
function glue(text: string, goesOn: (rest: string) => boolean): Reading {
  const pieces: string[] = []
  const inReading: number[] = []
  const inText: number[] = []
  let length = 0
  const keep = (piece: string, place: number) => {
    if (piece === '') return
    pieces.push(piece)
    inReading.push(length)
    inText.push(place)
    length += piece.length
  }
  for (const [index, line] of linesWithPlaces(text)) {
    const breaks = index > 0 && !goesOn(line.slice(0, 120))
    const body = index > 0 && !breaks ? line.trimStart() : line
    if (breaks) keep('\n', index - 1)
    keep(body, index + line.length - body.length)
  }
  const at = (index: number) => {
    const piece = lastNotAfter(inReading, index)
    return index >= length ? text.length : (inText[piece] ?? 0) + index - (inReading[piece] ?? 0)
  }
  return { text: pieces.join(''), at }
}

/** Where the last of the ascending numbers stands that is at most this one; -1: all are more. */
function lastNotAfter(ascending: readonly number[], most: number): number {
  let [low, high] = [0, ascending.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] ?? 0) <= most) low = middle + 1
    else high = middle
  }
  return low - 1
}

function* linesWithPlaces(text: string): Generator<readonly [number, string]> {
  let start = 0
  for (const line of text.split('\n')) {
    yield [start, line]
    start += line.length + 1
  }
}
