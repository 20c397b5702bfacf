/**
 * The emulator makes up the ids of what it is seeded with. Configuration, tests and documentation name fixed ids, so every
 * string that goes in or out is translated; whole ids only.
 */
export interface Translation {
  inward(value: unknown): unknown
  outward(value: unknown): unknown
}

/** `pairs`: fixed id → the emulator's id. */
export function translation(pairs: ReadonlyMap<string, string>): Translation {
  const back = new Map([...pairs].map(([fixed, made]) => [made, fixed]))
  return { inward: replacer(pairs), outward: replacer(back) }
}

function replacer(table: ReadonlyMap<string, string>): (value: unknown) => unknown {
  const pattern = new RegExp(`\\b(?:${[...table.keys()].join('|')})\\b`, 'g')
  const replace = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replace(pattern, (id) => table.get(id) ?? id)
    if (Array.isArray(value)) return value.map(replace)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key.replace(pattern, (id) => table.get(id) ?? id),
        replace(inner),
      ]),
    )
  }
  return replace
}
