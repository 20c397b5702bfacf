import type { App } from '@slack/bolt'
import type { Logger } from 'pino'
import type { Dispatch } from './door.ts'
import { type EventHandlers, HANDLED_EVENTS } from './events.ts'
import { classify } from './outcome.ts'

/** Under which name a request's work travels through Bolt. */
const WORK = 'bakeryWork'

/**
 * Routes recorded requests through Bolt: events to their handlers, everything that a person did to the intake's work. What no
 * listener takes runs all the same, so that a request that was recorded is never left lying.
 */
export function createDispatch(app: App, handlers: EventHandlers, log: Logger): Dispatch {
  const work = async ({ context }: { context: Readonly<Record<string, unknown>> }): Promise<void> => {
    const run = context[WORK]
    if (typeof run === 'function') await run()
  }
  app.command(/.*/, work)
  app.action(/.*/, work)
  app.view(/.*/, work)
  app.shortcut(/.*/, work)
  for (const type of HANDLED_EVENTS) {
    app.event(type, async ({ event, context }) => {
      try {
        await handlers[type]({ ...event })
      } catch (thrown) {
        const failure = classify(thrown)
        log.warn(
          { event: type, failure },
          'An event did not reach the mirror; the next sweep makes up for it',
        )
      }
      await work({ context })
    })
  }
  app.error(async (err) => log.error({ err }, 'A listener failed'))
  return async (body, run) => {
    try {
      await app.processEvent({ body, ack: async () => undefined, customProperties: { [WORK]: run } })
    } catch (err) {
      log.error({ err }, 'A request could not be routed')
    }
    await run()
  }
}
