import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeWith } from '../../support/programs.ts'
import { CHROMIUM, type Opened, openPage } from './chromium.ts'

const REPORT = { name: 'report.txt', mimeType: 'text/plain', buffer: Buffer.from('p99 rises at noon') }
const HIGH = readFileSync(new URL('../../../docs/pictures/practice-phone.png', import.meta.url))
const plain = (text: string) => ({ type: 'plain_text' as const, text })

describeWith(CHROMIUM, 'files that people send', () => {
  let at: Opened
  beforeAll(async () => {
    at = await openPage()
    await at.become('U0MARCO')
    await at.tab.click('#sidebar li button:has-text("operations")')
  })
  beforeEach(() => {
    at.bot.heard.length = 0
    at.bot.answer = () => ({})
  })
  afterAll(() => at.stop())

  /** Chooses files as a person does at a keyboard: the button, Enter, the browser's window. */
  const choose = async (button: string, ...files: (typeof REPORT)[]) => {
    const [window] = await Promise.all([at.tab.waitForEvent('filechooser'), at.tab.press(button, 'Enter')])
    await window.setFiles(files)
  }
  const inChannel = async () =>
    (await at.slack.messages('C0OPERATIONS')).filter(({ files }) => files.length > 0)

  it('go into a message with what was written beside them, and can be opened there', async () => {
    await choose('#attach', REPORT)
    await at.tab.fill('#text', 'what I saw')
    await at.tab.press('#text', 'Enter')
    await expect.poll(async () => (await inChannel()).length).toBe(1)
    const [message] = await inChannel()
    expect(message).toMatchObject({
      user: 'U0MARCO',
      text: 'what I saw',
      files: [{ name: 'report.txt', size: 17 }],
    })
    const link = at.tab.locator('#messages .message a.file')
    await expect.poll(() => link.count()).toBe(1)
    const answer = await fetch(new URL((await link.getAttribute('href')) ?? '', at.page.url))
    expect(await answer.text()).toBe('p99 rises at noon')
    expect(await at.tab.isHidden('#attached')).toBe(true)
  })

  it('stand beside a picture without becoming as high as it', async () => {
    await at.slack.upload(
      'U0MARCO',
      [
        { name: 'high.png', bytes: HIGH },
        { name: 'report.txt', bytes: REPORT.buffer },
      ],
      { channel: 'C0OPERATIONS', text: 'both' },
    )
    const file = at.tab.locator('.message:has-text("both") a.file').last()
    const picture = at.tab.locator('.message:has-text("both") img')
    await expect.poll(async () => (await picture.boundingBox())?.height).toBeGreaterThan(300)
    expect((await file.boundingBox())?.height).toBeLessThan(80)
    expect(await file.locator('.file-facts').textContent()).toBe('17 bytes')
  })

  it('can be taken off again before anything is sent', async () => {
    await choose('#attach', REPORT, { ...REPORT, name: 'other.txt' })
    await at.tab.click('#attached button[aria-label="Take off report.txt"]')
    expect(await at.tab.locator('#attached li').allTextContents()).toEqual(['other.txt, 17 bytes'])
    await at.tab.press('#text', 'Enter')
    await expect.poll(async () => (await inChannel()).at(-1)?.files[0]?.name).toBe('other.txt')
  })

  it('do not go with a slash command, and stay to be sent otherwise', async () => {
    const before = (await inChannel()).length
    await choose('#attach', REPORT)
    await at.tab.fill('#text', '/bakery health')
    await at.tab.click('#composer .send')
    await expect.poll(() => at.tab.textContent('#status')).toBe('Slack takes no files with a slash command')
    expect(await at.tab.locator('#attached li').count()).toBe(1)
    expect(await at.tab.inputValue('#text')).toBe('/bakery health')
    expect((await inChannel()).length).toBe(before)
    await at.tab.click('#attached button')
    await at.tab.fill('#text', '')
  })

  it('go into a form’s file_input, and the app hears of them', async () => {
    const element = { type: 'file_input', action_id: 'file', filetypes: ['txt'], max_files: 1 }
    await at.slack.command('U0MARCO', 'C0OPERATIONS', '/bakery form')
    await at.client.views.open({
      trigger_id: at.trigger(),
      view: {
        ...{ type: 'modal', title: plain('Evidence'), submit: plain('Save') },
        blocks: [{ type: 'input', block_id: 'evidence', label: plain('Evidence'), element }],
      } as never,
    })
    const button = '#modal .file-choose'
    await at.tab.waitForSelector(button)
    await at.tab.click('#modal-submit')
    await expect.poll(() => at.tab.textContent('#modal-body')).toContain('This is a required field.')
    await choose(button, { ...REPORT, name: 'a.pdf' })
    await expect.poll(() => at.tab.textContent('#modal-body')).toContain('a.pdf is not one of: txt.')
    await choose(button, REPORT)
    await expect
      .poll(() => at.tab.locator('#modal .attached li').allTextContents())
      .toEqual(['report.txt, 17 bytes'])
    await at.tab.click('#modal-submit')
    const submitted = () => at.bot.heard.find(({ payload }) => payload.type === 'view_submission')?.payload
    await expect.poll(submitted).toMatchObject({
      view: {
        state: { values: { evidence: { file: { type: 'file_input', files: [{ name: 'report.txt' }] } } } },
      },
    })
  })

  it('throw no error in the browser', () => {
    const refusedAbove = 'Failed to load resource: the server responded with a status of 400 (Bad Request)'
    expect(at.problems).toEqual([refusedAbove])
  })
})
