import { parseArguments, type RawArguments } from './arguments.ts'
import type { CommandFacts } from './command.ts'
import { UserError } from './errors.ts'
import { signatureOf } from './registry.ts'
import { fieldsOf } from './schema.ts'
import { tokenise } from './tokens.ts'

/**
 * What the examples give for each argument of a command, as somebody types it, by the argument's key: its own examples first,
 * then those of other commands with the very same argument. Nothing where no example gives it.
 */
export function exampleValues(
  command: CommandFacts,
  all: readonly CommandFacts[],
): ReadonlyMap<string, readonly string[]> {
  const own = givenBy(command)
  const others = all.filter(({ name }) => name !== command.name)
  return new Map(
    fieldsOf(command.args).map(({ key, description }) => {
      const mine = valuesFor(key, own)
      return [key, mine.length > 0 ? mine : others.flatMap((other) => sameArgument(other, key, description))]
    }),
  )
}

function sameArgument(other: CommandFacts, key: string, description: string): readonly string[] {
  const same = fieldsOf(other.args).some((field) => field.key === key && field.description === description)
  return same ? valuesFor(key, givenBy(other)) : []
}

function valuesFor(key: string, given: readonly RawArguments[]): readonly string[] {
  const values = given.flatMap((raw) => raw[key] ?? []).filter((value) => typeof value === 'string')
  return [...new Set(values)]
}

function givenBy(command: CommandFacts): readonly RawArguments[] {
  const signature = signatureOf(command)
  const named = command.name.split(' ').length
  return command.examples.map((line) => {
    try {
      return parseArguments(signature, line, tokenise(line).slice(named))
    } catch (thrown) {
      // Everything after the name of a verbatim command is one value: it says nothing of single arguments.
      if (thrown instanceof UserError) return {}
      throw thrown
    }
  })
}
