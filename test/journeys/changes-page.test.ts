import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PracticePlatform } from '../../practice/systems/platform.ts'
import { CHROMIUM, openTab, type Tab } from '../support/browser.ts'
import { describeWith } from '../support/programs.ts'
import { eventually, type Journey, startJourney } from './support.ts'

const ANSWER_MS = 30_000
const STORY_MS = 180_000

describeWith(CHROMIUM, 'changes, clicked through the practice page', () => {
  let journey: Journey
  let at: Tab
  beforeAll(async () => {
    journey = await startJourney({ platform: { databases: ['auth', 'orders'] }, page: { port: 0 } })
    at = await openTab(journey.world.pageUrl ?? '', ANSWER_MS)
  }, STORY_MS)
  afterAll(async () => {
    await at?.close()
    await journey?.stop()
  })

  const goTo = async (channel: string) => {
    await at.tab.click(`#channels button:has-text("${channel}")`)
    await at.tab.waitForSelector(`#channel-name:has-text("${channel}")`)
  }
  /** The newest message that says all of these. */
  const message = (...words: string[]) =>
    at.tab.locator(`#messages .message${words.map((each) => `:has-text("${each}")`).join('')}`).last()
  const clickIn = (said: Locator, name: string | RegExp) =>
    said.getByRole('button', { name }).first().click({ timeout: STORY_MS })
  const decide = async (verdict: RegExp) => {
    await at.tab.waitForSelector('#modal[open]')
    await at.tab.locator('#modal').getByLabel(verdict).check()
    await at.tab.click('#modal-submit')
    await at.tab.waitForSelector('#modal:not([open])', { state: 'attached' })
  }

  it('a bad deploy at 3 a.m.: digest, log, rollback, undo offered, audit', {
    timeout: STORY_MS,
  }, async () => {
    await at.become('U0MARCO')
    await at.tab.click('#panel-open')
    await at.tab.getByRole('button', { name: 'Break: Bad deploy' }).click()
    await at.tab.press('#panel-title', 'Escape')
    await goTo('operations')
    await eventually(async () => {
      await at.type('/bakery health pods')
      await at.tab.waitForTimeout(1000)
      return message('sales-service', 'crash loop').isVisible()
    }, ANSWER_MS)
    await at.type('/bakery jobs run morning-health')
    await goTo('digest')
    await clickIn(message('Morning', 'sales-service'), 'Show crash log')
    await at.tab.locator('.message.ephemeral:has-text("sales-service")').last().waitFor()
    await goTo('operations')
    await at.type('/bakery rollback sales')
    await message('to which one?').locator('slack-control button').click()
    await at.tab.locator('[role=option]:has-text("Revision 1")').click()
    await clickIn(message('Nothing is done yet', 'sales-service'), /^Do it: /)
    await message('Succeeded', 'sales-service').getByRole('button', { name: /undo/i }).waitFor()
    await at.become('U0AUDE')
    await goTo('security')
    await at.type('/bakery audit search --since 1h --limit 60')
    await message('rollback sales').waitFor()
  })

  it('two people restart a database: one asks, the other approves', { timeout: STORY_MS }, async () => {
    await at.become('U0ANA')
    await goTo('operations')
    await at.type('/bakery restart auth-db --reason "It keeps too much memory"')
    await clickIn(message('Approval needed', 'Restart auth-db'), /^Approve/)
    await at.tab.waitForSelector('.message.ephemeral:has-text("SELF_APPROVAL")')
    await at.become('U0OLIVIA')
    await clickIn(message('Approval needed', 'Restart auth-db'), /^Approve/)
    await at.tab.waitForSelector('#modal[open]:has-text("It keeps too much memory")')
    await decide(/^Approve: /)
    await message('Succeeded', 'Restart auth-db').waitFor()
  })

  it('the plan changed while the approver read it: the new one asks again', {
    timeout: STORY_MS,
  }, async () => {
    await at.become('U0ANA')
    await at.type('/bakery restart orders-db')
    await message('Approval needed', 'Restart orders-db').waitFor()
    await at.become('U0OLIVIA')
    await clickIn(message('Approval needed', 'Restart orders-db'), /^Approve/)
    ;(journey.world.platform as PracticePlatform).cluster.setBehaviour('orders-db', 'never-ready')
    await decide(/^Approve: /)
    const said = await message('STALE_PLAN', 'orders-db').innerText()
    const [, next = ''] = /in the channel as operation ([0-9a-z]{10})/.exec(said) ?? []
    await clickIn(message('Approval needed', `Operation ${next}`), /^Deny/)
    await decide(/^Deny/)
    await message('Denied', 'orders-db').waitFor()
    expect(
      await journey.sql(`SELECT state FROM operation_v1 WHERE target = 'orders-db' ORDER BY created_at`),
    ).toEqual([{ state: 'stale' }, { state: 'denied' }])
  })

  it('shows all of it without one error in the console', () => {
    expect(at.problems).toEqual([])
  })
})
