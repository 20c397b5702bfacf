import { commandButton } from './builders.ts'
import type { Button } from './types.ts'

/** The next step as a button: the command line behind it, and a label where its own is not enough. */
export interface NextStep {
  readonly line: string
  readonly label?: string
  readonly action?: 'refresh' | 'logs' | 'events' | 'run'
}

export function stepButton({ line, label = labelOf(line), action }: NextStep): Button {
  const named = action ?? actionOf(line)
  return commandButton({ action: named, label, line, accessibilityLabel: `${label}: bakery ${line}` })
}

/** The action ids that docs/CONTRACT.md names; everything else is a command that runs. */
function actionOf(line: string): 'logs' | 'events' | 'run' {
  const [command] = line.split(' ')
  return command === 'logs' || command === 'events' ? command : 'run'
}

/** What a click does, from its command line: `logs orders-service --since 1h` is `Show logs`. */
function labelOf(line: string): string {
  const [command = '', ...rest] = line.split(' ')
  if (command === 'logs' && rest.includes('--previous')) return 'Show crash log'
  if (command === 'pods' && rest.includes('--problems')) return 'Show broken pods'
  if (command === 'top') return rest.includes('--nodes') ? 'Show usage of nodes' : 'Show usage'
  return `Show ${command}`
}
