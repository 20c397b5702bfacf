import { z } from 'zod'
import {
  actions,
  bold,
  code,
  commandButton,
  context,
  header,
  join,
  section,
  text,
} from '../src/blocks/builders.ts'
import type { Button } from '../src/blocks/types.ts'
import { holdersOf, namesOf } from '../src/core/access-rules.ts'
import type { Surface } from '../src/core/ask.ts'
import { type Command, defineQuery } from '../src/core/command.ts'
import { FAMILIES, type Family, type Role } from '../src/core/roles.ts'
import { fieldsOf } from '../src/core/schema.ts'

interface MenuFacts {
  /** What this person may do here, in the registry's order. */
  readonly allowed: readonly MenuEntry[]
  readonly role: Role | null
  /** Who can grant a role here; empty: nobody. */
  readonly admins: string
  readonly inChannel: boolean
}
interface MenuEntry {
  readonly name: string
  readonly family: Family
  readonly summary: string
  /** How it is typed. */
  readonly example: string
  /** What a click on it runs: itself where it asks for nothing and changes nothing, its form where it changes something. */
  readonly click: string | null
}

const PLACES: Partial<Record<Surface, string>> = {
  terminal: 'A terminal asks and changes nothing.',
}

/** What somebody comes for stands first; help is named at the end as well. */
const HEALTH_FIRST = FAMILIES.toSorted((a, b) => Number(a === 'help') - Number(b === 'help'))

/** What nobody types, because a button knows the number of its message or operation. */
const BEHIND_BUTTONS: ReadonlySet<string> = new Set([
  ...['share', 'ask', 'form'],
  ...['ops show', 'ops undo', 'ops confirm', 'ops decide', 'ops approve', 'ops deny', 'ops cancel'],
  ...['ops resolve', 'ops review'],
])

export const menu = defineQuery({
  name: 'menu',
  summary: 'Show what you can do here, as buttons.',
  examples: ['menu'],
  args: z.object({}),
  family: 'help',
  role: null,

  async read(_args, { registry, access }, ask): Promise<MenuFacts> {
    const snapshot = await access.snapshot()
    const allowed = registry
      .commands()
      .filter(({ name }) => !BEHIND_BUTTONS.has(name))
      .filter((command) => registry.decide(command, ask, snapshot).decision === 'allowed')
      .map(entryOf)
    const admins = namesOf(snapshot, holdersOf(snapshot, 'admin', ask.channel))
    return { allowed, role: ask.role, admins, inChannel: ask.channel !== null }
  },

  render({ allowed, role, admins, inChannel }, _args, { surface }) {
    const where = inChannel ? 'here' : 'without a channel'
    const you = role === null ? `You hold no role here. ${askWho(admins)}` : `You are ${role} here.`
    return {
      kind: 'help',
      audience: 'requester',
      text: `Bakery: what you can do ${where}. ${inChannel ? you : ''}`.trim(),
      blocks: [
        header('Bakery'),
        section(
          inChannel ? you : (PLACES[surface] ?? 'Most commands belong in a channel. These work everywhere.'),
        ),
        ...HEALTH_FIRST.flatMap((family) => familyBlocks(family, allowed)),
        context('“help” explains each command, “help logs” one of them.'),
      ],
    }
  },
})

function askWho(admins: string): string {
  return admins === '' ? 'Nobody can grant one yet.' : `Who can grant one: ${admins}.`
}

function entryOf({ name, family, summary, kind, args, examples: [example = name] }: Command): MenuEntry {
  return { name, family, summary, example, click: clickOf({ name, kind, args }) }
}

function clickOf({ name, kind, args }: Pick<Command, 'name' | 'kind' | 'args'>): string | null {
  if (kind === 'change') return `form ${name}`
  const asksNothing = fieldsOf(args).every(({ required }) => !required)
  return kind === 'query' && name !== 'menu' && asksNothing ? name : null
}

function familyBlocks(family: Family, allowed: readonly MenuEntry[]) {
  const own = allowed.filter((entry) => entry.family === family && entry.name !== 'menu')
  if (own.length === 0) return []
  const typed = own.filter(({ click }) => click === null).map(({ example }) => code(example))
  const words = typed.length > 0 ? [section(text`To type: ${join(typed, ', ')}`)] : []
  return [section(bold(capital(family))), ...actions(...own.flatMap(buttonOf)), ...words]
}

function buttonOf({ name, click, summary }: MenuEntry): readonly Button[] {
  if (click === null) return []
  const label = click === name ? name : `${name}…`
  return [commandButton({ action: 'run', label, line: click, accessibilityLabel: summary })]
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
