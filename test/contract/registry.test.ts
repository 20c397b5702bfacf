import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commands } from '../../commands/index.ts'
import { documents } from '../../docs/generate.ts'
import { createRegistry, signatureOf } from '../../src/core/registry.ts'
import { examplePlatform } from '../support/platform.ts'

const ROOT = join(import.meta.dirname, '../..')
const registry = createRegistry(commands, examplePlatform(), ['morning-health'])
const each = commands.map((command) => [command.name, command] as const)

/** `roles-grant.ts` exports `rolesGrant`. */
function exportedName(file: string): string {
  return file.replace(/\.ts$/, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

describe('the registry', () => {
  const files = readdirSync(join(ROOT, 'commands')).filter(
    (name) => name.endsWith('.ts') && name !== 'index.ts',
  )

  it.each(files)('lists the command of %s', async (file) => {
    const module: Record<string, unknown> = await import(/* @vite-ignore */ join(ROOT, 'commands', file))
    expect(commands).toContain(module[exportedName(file)])
    expect(file).toBe(
      `${String((module[exportedName(file)] as { name: string }).name).replaceAll(' ', '-')}.ts`,
    )
  })

  it('lists nothing that has no file of its own', () => {
    expect(commands).toHaveLength(files.length)
  })

  it('has no name twice, and three that are the first word of others', () => {
    const names = commands.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    // A workload called “all” or “list” would need another name here: two words win over one.
    const first = names.filter((name) => names.some((other) => other.startsWith(`${name} `)))
    expect(first).toEqual(['restart', 'hpa', 'overrides'])
  })

  it.each(each)(
    '%s has a name of one or two words and one sentence that says what it does',
    (name, { summary }) => {
      expect(name).toMatch(/^[a-z]+( [a-z]+)?$/)
      expect(summary).toMatch(/^[A-Z][^.!?]{10,120}\.$/)
    },
  )

  it.each(each)('%s describes every argument, and its places name real ones', (_name, command) => {
    const { fields, positional } = signatureOf(command)
    expect(fields.filter(({ description }) => description === '').map(({ key }) => key)).toEqual([])
    expect(positional.filter((key) => !fields.some((field) => field.key === key))).toEqual([])
    const lists = positional.filter((key) => fields.find((field) => field.key === key)?.takes === 'many')
    expect(lists).toEqual(lists.length === 0 ? [] : [positional.at(-1)])
  })

  it.each(commands.flatMap(({ name, examples }) => examples.map((example) => [example, name] as const)))(
    'understands the example “%s”',
    (example, name) => {
      const { command, line } = registry.resolve(example)
      expect(command.name).toBe(name)
      expect(registry.resolve(line).line).toBe(line)
    },
  )

  it.each(each)('%s says of itself what its file says, once it is sealed', (_name, command) => {
    const { spec } = command as unknown as { readonly spec: Readonly<Record<string, unknown>> }
    const sealed: Readonly<Record<string, unknown>> = { ...command }
    for (const key of ['name', 'summary', 'examples', 'family', 'role', 'deed', 'asks', 'verbatim']) {
      expect(sealed[key], key).toEqual(spec[key])
    }
  })

  it('needs a role for everything but help, and never lets a viewer change something', () => {
    const open = commands.filter(({ family, role }) => role === null && family !== 'help')
    expect(open.map(({ name }) => name)).toEqual([])
    const weak = commands.filter(
      ({ kind, role, name }) => kind === 'admin' && role === 'viewer' && name !== 'share',
    )
    expect(weak.map(({ name }) => name)).toEqual([])
  })
})

describe('the documents', () => {
  it.each(documents().map(({ file, content }) => [file.slice(ROOT.length + 1), file, content] as const))(
    '%s are as `npm run docs` makes them',
    (_name, file, content) => {
      expect(readFileSync(file, 'utf8')).toBe(content)
    },
  )
})
