/** How many columns of a fixed-width font a text takes. Unicode's East Asian Width, in the ranges that matter. */
const ZERO = /\p{Mn}|\p{Me}|\p{Cf}|\p{Cc}/u
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u

function columnsOf(point: string): number {
  if (point >= ' ' && point <= '~') return 1
  if (ZERO.test(point)) return 0
  return WIDE.test(point) ? 2 : 1
}

export function displayWidth(value: string): number {
  let columns = 0
  for (const point of value) columns += columnsOf(point)
  return columns
}

/** The longest beginning that takes at most so many columns. */
function takeColumns(value: string, columns: number): string {
  let used = 0
  let taken = ''
  for (const point of value) {
    used += columnsOf(point)
    if (used > columns) return taken
    taken += point
  }
  return taken
}

/** At most so many columns; what was cut is shown by an ellipsis. */
export function clip(value: string, columns: number): string {
  if (displayWidth(value) <= columns) return value
  return columns < 1 ? '' : `${takeColumns(value, columns - 1)}…`
}

const INDENT = '  '

/** One line as several of at most so many columns, broken at spaces where there are any; the later ones are indented. */
export function wrap(line: string, columns: number): readonly string[] {
  const lines: string[] = []
  let start = 0
  while (true) {
    const indent = start === 0 ? '' : INDENT
    const most = takeColumns(line.slice(start), columns - indent.length)
    if (most === '' || start + most.length >= line.length) return [...lines, indent + line.slice(start)]
    const space = most.lastIndexOf(' ')
    const head = space > columns / 2 ? most.slice(0, space) : most
    lines.push((indent + head).trimEnd())
    start += head.length
    while (line[start] === ' ') start += 1
    if (start >= line.length) return lines
  }
}
