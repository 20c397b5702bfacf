/** Which runs of the characters that keys and base64 are written in: at least so long, in pieces of at most so many. */
export interface Runs {
  readonly pattern: RegExp
  readonly least: number
  readonly most: number
}

/** The pattern looks for a run only where one begins, which spares reading each word of a log from each of its letters. */
export function runs(least: number, most: number): Runs {
  const pattern = new RegExp(`(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{${least},}={0,2}`, 'g')
  return { pattern, least, most }
}

/** The runs in a text with their places. What is longer than a piece goes on in the next one. */
export function runsOf(
  text: string,
  { pattern, least, most }: Runs,
): readonly (readonly [run: string, index: number])[] {
  return [...text.matchAll(pattern)].flatMap(({ 0: run, index }) => {
    if (run.length <= most) return [[run, index] as const]
    const pieces: [string, number][] = []
    for (let at = 0; run.length - at >= least; at += most) pieces.push([run.slice(at, at + most), index + at])
    return pieces
  })
}
