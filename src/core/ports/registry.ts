import type { AccessSnapshot, Decision } from '../access.ts'
import type { Ask } from '../ask.ts'
import type { Command } from '../command.ts'

/** The commands themselves, for help, menus and policy. */
export interface RegistryReader {
  commands(): readonly Command[]
  /** Whether this person could run the command here, by the same rules that a request meets. */
  decide(command: Command, ask: Ask, snapshot: AccessSnapshot): Decision
}
