import type { AccessSnapshot, Decision } from '../access.ts'
import type { RawArguments } from '../arguments.ts'
import type { Ask } from '../ask.ts'
import type { Command } from '../command.ts'

/** A line that names a command and gives it what it needs. */
export interface ResolvedLine {
  /** With the role that these arguments need. */
  readonly command: Command
  /** What the command's own schema made of the arguments. */
  readonly args: unknown
  /** The arguments as they were given, with whole names. */
  readonly raw: RawArguments
  /** The same line in one form: whole names, quotes where they are needed. It resolves to the same again. */
  readonly line: string
  /** What it is about, for the audit row: the first argument that names something; null: nothing of its own. */
  readonly target: string | null
}

/** The commands themselves, for help, menus and policy. */
export interface RegistryReader {
  commands(): readonly Command[]
  /**
   * Makes out what a line means. Throws `UserError` (`UNKNOWN_COMMAND`, `BAD_ARGUMENT`) with the nearest lines. Nothing at all
   * is `menu`; the first word of several commands is help for them. A line typed in Slack goes through `fromSlack` first.
   */
  resolve(line: string): ResolvedLine
  /** The line of a command with these arguments. */
  format(command: string, raw: RawArguments): string
  /** Whether this person could run the command here, by the same rules that a request meets. */
  decide(command: Command, ask: Ask, snapshot: AccessSnapshot): Decision
}
