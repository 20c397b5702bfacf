import { CHROMIUM, openTab, type Tab } from '../../support/browser.ts'
import { type Given, type PageSetup, setUpPage } from './support.ts'

export { CHROMIUM }

/** The practice page in a real browser, before a bot that only listens. */
export interface Opened extends PageSetup, Omit<Tab, 'close'> {
  /** The trigger_id that the bot heard last. */
  trigger(): string
}

export async function openPage(options: Given = {}): Promise<Opened> {
  const setup = await setUpPage(options)
  const { close, ...tab } = await openTab(setup.page.url)
  return {
    ...setup,
    ...tab,
    trigger() {
      const heard = setup.bot.heard.findLast(
        ({ form, payload }) => form.has('trigger_id') || payload.trigger_id,
      )
      return heard?.form.get('trigger_id') ?? String(heard?.payload.trigger_id)
    },
    async stop() {
      await close()
      await setup.stop()
    },
  }
}
