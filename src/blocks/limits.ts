/**
 * Slack's limits in one table. Source: https://docs.slack.dev/reference/block-kit, one page for each block. Slack takes a
 * message whole or not at all (`invalid_blocks`). Characters are counted as UTF-16 units, which is never too few.
 */
export const LIMITS = {
  messageBlocks: 50,
  viewBlocks: 100,
  messageText: 3000,
  sectionText: 3000,
  sectionFields: 10,
  fieldText: 2000,
  headerText: 150,
  contextElements: 10,
  contextText: 2000,
  actionsElements: 25,
  buttonText: 75,
  buttonValue: 2000,
  accessibilityLabel: 75,
  id: 255,
  optionText: 75,
  optionValue: 75,
  optionDescription: 75,
  selectOptions: 100,
  placeholder: 150,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  inputLabel: 2000,
  inputHint: 2000,
  inputLength: 3000,
  viewTitle: 24,
  privateMetadata: 3000,
  /** Not documented by Slack for preformatted text: what a section may hold is safe. */
  preformatted: 3000,
  /** Ours: a preformatted line that a phone shows without breaking it. */
  preformattedColumns: 45,
} as const

/** At most `max` characters, cut between code points, and it says how many are missing. */
export function shorten(value: string, max: number): string {
  if (value.length <= max) return value
  const points = [...value]
  const marker = (left: number) => `… +${left} more`
  const room = max - marker(points.length).length
  if (room < 8) return ellipsis(points, max)
  const kept = takeUnits(points, room)
  return `${kept.join('')}${marker(points.length - kept.length)}`
}

/** For places too narrow to say how many. */
function ellipsis(points: readonly string[], max: number): string {
  return max < 1 ? '' : `${takeUnits(points, max - 1).join('')}…`
}

function takeUnits(points: readonly string[], units: number): readonly string[] {
  let used = 0
  const end = points.findIndex((point) => {
    used += point.length
    return used > units
  })
  return end === -1 ? points : points.slice(0, end)
}
