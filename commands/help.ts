import { z } from 'zod'
import {
  actions,
  code,
  commandButton,
  context,
  header,
  join,
  type Markup,
  section,
  text,
} from '../src/blocks/builders.ts'
import type { Block } from '../src/blocks/types.ts'
import type { Decision } from '../src/core/access.ts'
import type { Answer } from '../src/core/answer.ts'
import { type Command, defineQuery } from '../src/core/command.ts'
import { UserError } from '../src/core/errors.ts'
import { signatureOf } from '../src/core/registry.ts'
import { FAMILIES } from '../src/core/roles.ts'
import { either, nearest } from '../src/core/suggest.ts'
import { describeField, usageOf } from '../src/core/usage.ts'

interface Topic {
  readonly command: Command
  readonly decision: Decision
}
interface HelpFacts {
  /** What was asked about; empty: everything. */
  readonly about: string
  readonly topics: readonly Topic[]
}

export const help = defineQuery({
  name: 'help',
  summary: 'Show what you can do here, or explain one command.',
  examples: ['help', 'help whoami', 'help roles'],
  args: z.object({
    command: z
      .array(z.string().max(60))
      .max(5)
      .default([])
      .describe('a command, or the first word of several'),
  }),
  positional: ['command'],
  family: 'help',
  role: null,

  async read({ command }, { registry, access }, ask): Promise<HelpFacts> {
    const about = command.join(' ').toLowerCase()
    const snapshot = await access.snapshot()
    const topics = chosen(registry.commands(), about).map((one) => ({
      command: one,
      decision: registry.decide(one, ask, snapshot),
    }))
    return { about, topics }
  },

  render({ about, topics }) {
    const [only] = topics
    return topics.length === 1 && only !== undefined ? explain(only) : overview(about, topics)
  },

  data: ({ topics }) => topics.map(dataOf),
})

function chosen(commands: readonly Command[], about: string): readonly Command[] {
  if (about === '') return commands
  const exact = commands.filter(({ name }) => name === about)
  if (exact.length > 0) return exact
  const group = commands.filter(({ name }) => name.startsWith(`${about} `))
  if (group.length > 0) return group
  const words = commands.flatMap(({ name }) => [name, name.split(' ')[0] ?? name])
  const near = nearest(about, [...new Set(words)])
  const hint = near.length > 0 ? ` Did you mean ${either(near.map((name) => `“${name}”`))}?` : ''
  throw new UserError('UNKNOWN_COMMAND', `There is no command “${about.slice(0, 60)}” to explain.${hint}`, {
    suggestions: near.map((name) => `help ${name}`),
  })
}

function overview(about: string, topics: readonly Topic[]): Answer {
  const allowed = topics.filter(({ decision }) => decision.decision === 'allowed')
  const title = about === '' ? 'What you can do here' : `“${about}”`
  return {
    kind: 'help',
    audience: 'requester',
    text: `${title}: ${allowed.map(({ command }) => command.name).join(', ') || 'nothing but help'}.`,
    blocks: [
      header(title),
      ...FAMILIES.flatMap((family) =>
        familyBlock(allowed.filter(({ command }) => command.family === family)),
      ),
      ...elsewhere(topics.filter(({ decision }) => decision.decision === 'refused')),
      context('“help logs” explains one command. Names may be abbreviated: orders is orders-service.'),
    ],
  }
}

function familyBlock(topics: readonly Topic[]): readonly Block[] {
  if (topics.length === 0) return []
  return [section(join(topics.map(({ command }) => text`*${command.name}*  ${command.summary}`)))]
}

/** What this person may not do here, and what it would take. */
function elsewhere(topics: readonly Topic[]): readonly Block[] {
  if (topics.length === 0) return []
  const lines = topics.map(({ command, decision }) => text`${command.name}: ${lacking(decision)}`)
  return [section(join([text`*Not for you here*`, ...lines]))]
}

function lacking(decision: Decision): string {
  if (decision.decision === 'allowed') return 'allowed'
  if (decision.needs !== undefined) return `needs the role ${decision.needs}`
  if (decision.rule === 'terminal') return 'only in Slack'
  return decision.code === 'NOT_BOUND' ? 'this channel is not bound to it' : 'refused here'
}

function explain({ command, decision }: Topic): Answer {
  const signature = signatureOf(command)
  const fields = signature.fields.map(
    (field): Markup =>
      text`• ${code(isPlaced(command, field.key) ? field.key : `--${field.flag}`)} ${describeField(field)}`,
  )
  const permission =
    decision.decision === 'allowed' ? 'You may use it here.' : `You may not use it here. ${decision.message}`
  return {
    kind: 'help',
    audience: 'requester',
    text: `${command.name}: ${command.summary} ${permission}`,
    blocks: [
      header(command.name),
      section(command.summary),
      section(text`Usage: ${code(usageOf(signature))}`),
      ...(fields.length > 0 ? [section(join(fields))] : []),
      ...examples(command, decision),
      context(permission),
    ],
  }
}

function isPlaced({ positional }: Command, key: string): boolean {
  return positional?.some((one) => one === key) === true
}

/** Examples of what only reads can be tried out by a click; others are there to be read. */
function examples(command: Command, decision: Decision): readonly Block[] {
  if (command.kind !== 'query' || decision.decision !== 'allowed') {
    return [section(text`For instance:\n${join(command.examples.map((example) => code(example)))}`)]
  }
  return [
    section('For instance:'),
    ...actions(
      ...command.examples.slice(0, 5).map((line) => commandButton({ action: 'run', label: line, line })),
    ),
  ]
}

function dataOf({ command, decision }: Topic) {
  const { name, summary, family, role, examples: lines } = command
  return {
    ...{ name, summary, family, role, usage: usageOf(signatureOf(command)), examples: lines },
    allowed: decision.decision === 'allowed',
  }
}
