import { z } from 'zod'
import { actions, code, commandButton, plain, section, text } from '../src/blocks/builders.ts'
import { LIMITS } from '../src/blocks/limits.ts'
import type { InputBlock, Option } from '../src/blocks/types.ts'
import { type Command, defineQuery } from '../src/core/command.ts'
import { UserError } from '../src/core/errors.ts'
import type { ReadPorts } from '../src/core/ports/index.ts'
import { namesToChoose } from '../src/core/resolve-names.ts'
import { type Field, fieldsOf } from '../src/core/schema.ts'

interface FormFacts {
  readonly command: Command
  readonly channel: string
  readonly fields: readonly FormField[]
}
interface FormField extends Field {
  /** Among which one is chosen; empty: it is typed. */
  readonly options: readonly string[]
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
    if (decision.decision === 'refused') throw new UserError(decision.code, decision.message)
    const names = (await jobs.states()).map((state) => state.name)
    return {
      command,
      channel,
      fields: fieldsOf(command.args).map((field) => formField(field, platform, names)),
    }
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

function formField(field: Field, platform: ReadPorts['platform'], jobs: readonly string[]): FormField {
  const options =
    field.takes === 'nothing'
      ? ['yes']
      : field.names === null
        ? field.choices
        : namesToChoose(field.names, { platform, jobs })
  return { ...field, options: options.length > LIMITS.selectOptions ? [] : options }
}

/** The block id is the argument's key: what is filled in comes back under it. */
function inputOf({ key, valueWord, description, required, options }: FormField): InputBlock {
  const action = { action_id: 'value' }
  return {
    type: 'input',
    block_id: key,
    label: plain(capital(words(key)), LIMITS.inputLabel),
    ...(description === '' ? {} : { hint: plain(description, LIMITS.inputHint) }),
    optional: !required,
    element:
      options.length > 0
        ? { type: 'static_select', ...action, options: options.map(optionOf) }
        : {
            type: 'plain_text_input',
            ...action,
            max_length: 500,
            placeholder: plain(valueWord, LIMITS.placeholder),
          },
  }
}

function optionOf(value: string): Option {
  return { text: plain(value, LIMITS.optionText), value }
}

/** `withDatabases` is “with databases”. */
function words(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
