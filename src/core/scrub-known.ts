/** Secrets that are known by value, in the forms in which a log can show them. */

const LEAST_LENGTH = 6

/** Every text to look for: the value itself, as JSON and as an address write it, and inside base64 at any of its three places. */
export function formsOf(values: readonly string[]): readonly string[] {
  const forms = values
    .filter((value) => value.trim().length >= LEAST_LENGTH)
    .flatMap((value) => [
      value,
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value.toWellFormed()),
      ...base64Forms(value),
    ])
  return [...new Set(forms)].toSorted((a, b) => b.length - a.length)
}

/** What base64 makes of a value wherever it stands in a longer text: the characters at the edges depend on its neighbours. */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8')
  return [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes])
    const skip = [0, 2, 3][offset] ?? 0
    const whole = Math.floor((padded.length * 8) / 6)
    const form = padded.toString('base64').slice(skip, whole)
    if (form.length < LEAST_LENGTH) return []
    return [form, form.replaceAll('+', '-').replaceAll('/', '_')]
  })
}
