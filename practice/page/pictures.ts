/** The first bytes of the pictures that a browser shows and that cannot run anything (so no SVG). */
const KINDS: readonly (readonly [type: string, start: readonly number[], offset?: number])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
  ['image/webp', [0x57, 0x45, 0x42, 0x50], 8],
]

/** What kind of picture these bytes are, by what they begin with and never by their name; null: none. */
export function pictureType(bytes: Uint8Array): string | null {
  const found = KINDS.find(([, start, offset = 0]) =>
    start.every((byte, index) => bytes[offset + index] === byte),
  )
  return found?.[0] ?? null
}

/** Whether a file would be shown as a picture, as far as its name tells. */
export const looksLikePicture = (name: string): boolean => /\.(png|jpe?g|gif|webp)$/i.test(name)
