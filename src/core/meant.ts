import type { RawArguments } from './arguments.ts'
import { type Meant, UserError } from './errors.ts'
import type { RegistryReader } from './ports/registry.ts'

/** The same line with each of the names that were probably meant in the place of the one that was given. */
export function linesMeant(
  { resolve, format }: Pick<RegistryReader, 'resolve' | 'format'>,
  line: string,
  { given, names }: Meant,
): readonly string[] {
  try {
    const { command, raw } = resolve(line)
    if (!Object.values(raw).some((value) => value === given)) return []
    return names.map((name) => format(command.name, swapped(raw, given, name)))
  } catch (thrown) {
    if (thrown instanceof UserError) return []
    throw thrown
  }
}

function swapped(raw: RawArguments, given: string, name: string): RawArguments {
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, value === given ? name : value]))
}
