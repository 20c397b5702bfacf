import type { Block } from '../../blocks/types.ts'
import type { Dialog } from '../dialog.ts'

/** What is shown to one person outside of messages. Slack takes each at once or never: nothing of it is kept for later. */
export interface Dialogs {
  /** False when Slack did not show it, for instance because the trigger was older than 3 s: say it in a message then. */
  open(trigger: string, dialog: Dialog): Promise<boolean>
  /** The app's home of one person. False when Slack did not take it. */
  publish(user: string, blocks: readonly Block[]): Promise<boolean>
}
