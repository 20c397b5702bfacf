import { z } from 'zod'
import {
  actions,
  code,
  commandButton,
  context,
  join,
  mention,
  section,
  text,
} from '../src/blocks/builders.ts'
import { holdersOf } from '../src/core/access-rules.ts'
import { type Command, defineQuery } from '../src/core/command.ts'
import { UserError } from '../src/core/errors.ts'
import type { RegistryReader, ResolvedLine } from '../src/core/ports/registry.ts'

interface AskFacts {
  /** The line in its one form. */
  readonly line: string
  readonly name: string
  /** Slack ids of people and groups who may do it here. */
  readonly holders: readonly string[]
}

const MOST_CALLED = 5

/** Behind the button *Ask them* of a refusal. Whoever clicks what they are asked for does it as themselves. */
export const ask = defineQuery({
  name: 'ask',
  summary: 'Ask those who may do something here to do it.',
  examples: ['ask restart orders-service', 'ask pods --problems'],
  args: z.object({ line: z.string().min(1).max(500).describe('a whole command line') }),
  positional: ['line'],
  verbatim: true,
  family: 'help',
  role: null,

  async read({ line: asked }, { registry, access }, { actor, channel }): Promise<AskFacts> {
    const resolved = registry.resolve(asked)
    const { line } = resolved
    const command = meantBy(resolved, registry)
    const snapshot = await access.snapshot()
    const role = command.asks ?? command.role ?? 'viewer'
    const holders = holdersOf(snapshot, role, channel).filter((id) => id !== actor.user)
    if (channel === null || holders.length === 0) {
      throw new UserError('NO_ROLE', `Nobody else here may use “${command.name}”.`)
    }
    return { line, name: snapshot.users.get(actor.user)?.name ?? actor.user, holders }
  },

  render({ line, name, holders }) {
    const called = join(holders.slice(0, MOST_CALLED).map(mention), ' ')
    return {
      kind: 'approval',
      audience: 'channel',
      text: `${name} asks for somebody to run: ${line}`,
      blocks: [
        section(text`${called} ${name} asks you to run ${code(line)}.`),
        ...actions(
          commandButton({
            action: 'run',
            label: 'Run it',
            line,
            accessibilityLabel: `Run ${line} as yourself`,
          }),
        ),
        context('Whoever clicks it runs it as themselves.'),
      ],
    }
  },
})

/** A form is filled in by whoever may run its command. */
function meantBy({ command, args }: ResolvedLine, registry: Pick<RegistryReader, 'commands'>): Command {
  const { command: name } = Object(args) as { readonly command?: unknown }
  if (command.name !== 'form') return command
  return registry.commands().find((one) => one.name === name) ?? command
}
