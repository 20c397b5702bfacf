import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CODES } from '../../src/core/codes.ts'

const ROOT = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
const files = (folder: string) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))

/** Warnings are written as `code: 'X'`, or as the argument of `warning(` or `stop(`. */
function codesOf(source: string): readonly string[] {
  const quoted = /'([A-Z]+(?:_[A-Z]+)*)'/g
  const lines = source.split('\n')
  return lines.flatMap((line, index) =>
    /code: '|^\s+'[A-Z_]+',$|warning\(|stop\(/.test(line) || /warning\($|stop\($/.test(lines[index - 1] ?? '')
      ? [...line.matchAll(quoted)].map(([, code = '']) => code)
      : [],
  )
}

describe('the warnings of previews', () => {
  const sources = [...files('commands/shared/changes'), ...files('commands'), 'src/operations/rehearse.ts']
  const used = new Set(
    sources
      .flatMap((file) => codesOf(read(file)))
      .filter((code) => !CODES.some((refusal) => refusal === code) && code.length > 3),
  )
  const documented = new Set(
    [...read('docs/PREVIEWS.md').matchAll(/`([A-Z]+(?:_[A-Z]+)*)`/g)].map(([, code]) => code),
  )

  it('are all explained, and nothing is explained that there is not', () => {
    expect([...used].filter((code) => !documented.has(code)).sort()).toEqual([])
    expect([...documented].filter((code) => code !== undefined && !used.has(code)).sort()).toEqual([])
  })

  it('are found by this test', () => {
    expect(used).toContain('SECOND_POSTMASTER')
    expect(used.size).toBeGreaterThan(25)
  })
})
