import { commandButton } from './builders.ts'
import type { Button } from './types.ts'

/** The next step as a button: a label and the command line behind it. */
export interface NextStep {
  readonly label: string
  readonly line: string
  readonly action?: 'refresh' | 'logs' | 'events' | 'run'
}

export function stepButton({ label, line, action }: NextStep): Button {
  const named = action ?? actionOf(line)
  return commandButton({ action: named, label, line, accessibilityLabel: `${label}: bakery ${line}` })
}

/** The action ids that docs/CONTRACT.md names; everything else is a command that runs. */
function actionOf(line: string): 'logs' | 'events' | 'run' {
  const [command] = line.split(' ')
  return command === 'logs' || command === 'events' ? command : 'run'
}

/** A button's label from its command line: `logs orders-service --since 1h` is `Logs`. */
export function labelOf(line: string): string {
  const [command = ''] = line.split(' ')
  return command.charAt(0).toUpperCase() + command.slice(1)
}
