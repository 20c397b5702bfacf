import { header, section, text } from '../blocks/builders.ts'
import type { Answer } from '../core/answer.ts'

/** Told to the security channel when the audit chain does not extend what was signed: somebody changed the past. */
export function checkpointRefused(reason: string): Answer {
  return {
    kind: 'alert',
    audience: 'channel',
    text: `The audit log was changed: ${reason}.`,
    blocks: [
      header('The audit log was changed'),
      section(text`${reason}. No checkpoint is signed until somebody has looked.`),
      section(
        text`Keep the checkpoint folder as it is, and run “npm run audit:verify -- --checkpoints DIR”.`,
      ),
    ],
  }
}
