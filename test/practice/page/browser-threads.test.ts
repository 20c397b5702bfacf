import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../../support/programs.ts'
import { CHROMIUM, type Opened, openPage } from './chromium.ts'

describeWith(CHROMIUM, 'the threads that one takes part in', () => {
  let at: Opened
  const began: Record<string, string> = {}
  beforeAll(async () => {
    at = await openPage()
    const say = (person: string, text: string, thread?: string, channel = 'C0OPERATIONS') =>
      at.slack.say(person, channel, text, thread)
    began.mine = await say('U0MARCO', 'who has restarted orders?')
    began.answered = await say('U0ANA', 'the report of this morning')
    began.named = await say('U0ANA', 'for @marco to look at', undefined, 'C0DIGEST')
    began.others = await say('U0ANA', 'none of his business')
    await say('U0MARCO', 'I have read it', began.answered)
    await say('U0ANA', 'please do', began.named, 'C0DIGEST')
    await say('U0OLIVIA', 'noted', began.others)
    await say('U0OLIVIA', 'I did', began.mine)
    await at.become('U0MARCO')
  })
  afterAll(() => at.stop())

  const entry = '#places button'
  const cards = () => at.tab.locator('.thread-card .thread-words').allTextContents()

  it('are told in the sidebar by their number, without those of others', async () => {
    await expect.poll(() => at.tab.textContent(entry)).toContain('2 unread')
    await at.tab.focus(entry)
    await at.tab.keyboard.press('Enter')
    await expect
      .poll(cards)
      .toEqual(['who has restarted orders?', 'for @marco to look at', 'the report of this morning'])
    expect(await at.tab.locator('.thread-answer').allTextContents()).toEqual([
      'Olivia Ortega I did',
      'Ana Aguirre please do',
      'Marco Molina I have read it',
    ])
    expect(await at.tab.textContent('#channel-name')).toBe('Threads')
    expect(await at.tab.isHidden('#composer')).toBe(true)
  })

  it('lead into their channel, are read by being looked at, and then stand behind what is new', async () => {
    await at.tab.focus('.thread-card')
    await at.tab.keyboard.press('Enter')
    await expect.poll(() => at.tab.textContent('#replies')).toContain('I did')
    expect(await at.tab.textContent('#channel-name')).toBe('# operations')
    await expect.poll(() => at.tab.textContent(entry)).toContain('1 unread')
    await at.tab.click(entry)
    await expect.poll(async () => (await cards())[0]).toBe('for @marco to look at')
  })

  it('come in while one looks at them', async () => {
    await at.slack.say('U0ANA', 'C0OPERATIONS', 'and why?', began.answered)
    await expect.poll(async () => (await cards())[0]).toBe('the report of this morning')
    expect(await at.tab.locator('.thread-card').first().textContent()).toContain('1 new')
  })

  it('are also those in which an answer names one, by a group as well', async () => {
    const later = await at.slack.say('U0ANA', 'C0SECURITY', 'two logins at night')
    await at.slack.say('U0OLIVIA', 'C0SECURITY', 'whose are they?', later)
    const followed = await fetch(`${at.page.url}/do/threads?person=U0MARCO`)
    expect(await followed.text()).not.toContain('two logins at night')
    await at.slack.say('U0OLIVIA', 'C0SECURITY', 'were it you, @marco?', later)
    await expect.poll(async () => (await cards())[0]).toBe('two logins at night')
    expect(await at.tab.locator('.thread-card').first().textContent()).toContain('2 new')
    await at.slack.say('U0MARCO', 'C0SECURITY', 'yes, they were', later)
    await expect.poll(async () => (await cards())[0]).not.toBe('two logins at night')
    await at.slack.say('U0OLIVIA', 'C0OPERATIONS', 'then @oncall must know', began.others)
    await expect.poll(async () => (await cards())[0]).toBe('none of his business')
  })

  it('give way to a channel that is chosen, and to another person', async () => {
    await at.tab.click('#sidebar li button:has-text("operations")')
    await expect.poll(() => at.tab.isVisible('#composer')).toBe(true)
    await at.tab.click(entry)
    await at.become('U0VERA')
    await expect.poll(() => at.tab.isHidden('#threads')).toBe(true)
    expect(await at.tab.getAttribute('#sidebar [aria-current]', 'data-channel')).toBe('C0OPERATIONS')
    expect(at.problems).toEqual([])
  })
})
