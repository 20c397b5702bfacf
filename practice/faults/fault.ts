import type { PracticeSlack } from '../slack/start.ts'
import type { PracticePlatform } from '../systems/platform.ts'

/** What a fault can reach. */
export interface Scene {
  readonly platform: PracticePlatform
  readonly slack: PracticeSlack
  readonly bot: {
    kill(): Promise<void>
    start(): Promise<void>
  }
}

/** Something that can be broken on demand: a row of the panel, `POST /break/<name>` and `POST /mend/<name>`. */
export interface Fault {
  /** As in the address: `crash-loop`. */
  readonly name: string
  readonly title: string
  /** What happens when it is broken. */
  readonly does: string
  /** What one should see, and where. */
  readonly see: string
  /** What mending does, and what stays for a while. */
  readonly mended: string
  /** The line that shows it best; null: no command can (Bakery itself is concerned). */
  readonly ask: string | null
  /** Whether the practice platform is needed; false: Slack and the bot are enough. */
  readonly platform: boolean
  /** It shows in the practice cluster alone: there is nothing to see when the bot reads another one. */
  readonly cluster?: true
  /** The database that it is about, which a small world may not have. */
  readonly database?: string
  break(scene: Scene): Promise<void> | void
  mend(scene: Scene): Promise<void> | void
}
