import { coerceError } from './core/errors.ts'
import { readHome } from './core/home.ts'
import type { ReadPorts } from './core/ports/index.ts'
import type { Logger } from './log.ts'
import { personOf } from './people.ts'
import type { Slack } from './slack/app.ts'
import { home } from './views/home.ts'

/** Shows somebody the app's home as it is now. Never throws: it is published again when it is opened again. */
export async function showHome(
  parts: { readonly ports: ReadPorts; readonly slack: () => Pick<Slack, 'dialogs'>; readonly log: Logger },
  user: string,
  signal: AbortSignal,
): Promise<void> {
  const { ports, slack, log } = parts
  try {
    const of = { user, person: personOf(ports.platform)(user) }
    const facts = await readHome(ports, of, signal)
    await slack().dialogs.publish(user, home(facts, ports.platform.timeZone))
  } catch (thrown) {
    log.warn({ err: coerceError(thrown), user }, 'a home could not be shown')
  }
}
