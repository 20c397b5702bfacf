import { z } from 'zod'
import { actions, capital, code, commandButton, plain, section, text } from '../src/blocks/builders.ts'
import { LIMITS } from '../src/blocks/limits.ts'
import type { InputBlock, Option } from '../src/blocks/types.ts'
import { type Command, defineQuery } from '../src/core/command.ts'
import { UserError } from '../src/core/errors.ts'
import { exampleValues } from '../src/core/example-values.ts'
import type { ReadPorts } from '../src/core/ports/index.ts'
import { namesToChoose } from '../src/core/resolve-names.ts'
import { type Field, fieldsOf } from '../src/core/schema.ts'
import { either } from '../src/core/suggest.ts'

/** A placeholder is one short line on a phone. */
const MOST_EXAMPLES = 2

interface FormFacts {
  readonly command: Command
  readonly channel: string
  readonly fields: readonly FormField[]
}
interface FormField extends Field {
  /** Among which one is chosen; empty: it is typed. */
  readonly options: readonly string[]
  /** What it may be, as somebody would type it. */
  readonly such: readonly string[]
}

/** The same as typing the command: its arguments become fields, and what is filled in becomes its line. */
export const form = defineQuery({
  name: 'form',
  summary: 'Fill in a command’s arguments in a form instead of typing them.',
  examples: ['form logs', 'form "audit search"'],
  args: z.object({ command: z.string().min(1).max(60).describe('the name of a command') }),
  positional: ['command'],
  verbatim: true,
  family: 'help',
  role: null,

  async read({ command: name }, { registry, access, platform, jobs }, ask): Promise<FormFacts> {
    const command = registry.commands().find((one) => one.name === name.trim().toLowerCase())
    if (command === undefined) throw new UserError('UNKNOWN_COMMAND', `There is no command “${name}”.`)
    const { channel } = ask
    if (channel === null)
      throw new UserError('NOT_BOUND', 'A form is opened in the channel in which its command shall run.')
    const decision = registry.decide(command, ask, await access.snapshot())
    if (decision.decision === 'refused') {
      const others = decision.code === 'NO_ROLE' && decision.holders.length > 0
      throw new UserError(decision.code, decision.message, others ? { askFor: `form ${command.name}` } : {})
    }
    const names = (await jobs.states()).map((state) => state.name)
    const examples = exampleValues(command, registry.commands())
    const fields = fieldsOf(command.args).map((field) => ({
      ...field,
      options: optionsOf(field, platform, names),
      such: examples.get(field.key) ?? [],
    }))
    return { command, channel, fields }
  },

  render({ command, channel, fields }) {
    const typed = command.examples[0] ?? command.name
    return {
      kind: 'help',
      audience: 'requester',
      text: `${command.name}: ${command.summary} Type for instance ${typed}`,
      blocks: [
        section(text`${command.summary} Type for instance ${code(typed)}`),
        ...actions(commandButton({ action: 'run', label: 'Open the form', line: `form ${command.name}` })),
      ],
      dialog: {
        callbackId: 'form',
        title: command.name,
        submit: command.kind === 'change' ? 'Preview' : 'Run',
        close: 'Close',
        blocks: [section(command.summary), ...fields.map(inputOf)],
        metadata: `${channel}.${command.name}`,
      },
    }
  },
})

function optionsOf(
  { names, choices }: Field,
  platform: ReadPorts['platform'],
  jobs: readonly string[],
): readonly string[] {
  const options = names === null ? choices : namesToChoose(names, { platform, jobs })
  return options.length > LIMITS.selectOptions ? [] : options
}

/** The block id is the argument's key: what is filled in comes back under it. */
function inputOf(field: FormField): InputBlock {
  const { key, description, required } = field
  return {
    type: 'input',
    block_id: key,
    label: plain(capital(words(key)), LIMITS.inputLabel),
    ...(description === '' ? {} : { hint: plain(capital(description), LIMITS.inputHint) }),
    optional: !required,
    element: elementOf(field),
  }
}

function elementOf({ takes, options, such, valueWord }: FormField): InputBlock['element'] {
  const action_id = 'value'
  if (takes === 'nothing') return { type: 'checkboxes', action_id, options: [optionOf('yes', 'Yes')] }
  if (options.length > 0) {
    return { type: 'static_select', action_id, options: options.map((option) => optionOf(option)) }
  }
  const example = such.length === 0 ? valueWord : `such as ${either(such.slice(0, MOST_EXAMPLES))}`
  return {
    ...{ type: 'plain_text_input', action_id, max_length: 500 },
    placeholder: plain(example, LIMITS.placeholder),
  }
}

function optionOf(value: string, label = value): Option {
  return { text: plain(label, LIMITS.optionText), value }
}

/** `withDatabases` is “with databases”. */
function words(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/\bflux\b/, 'Flux')
}
