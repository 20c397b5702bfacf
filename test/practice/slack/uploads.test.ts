import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Setup, setUp } from './support.ts'

let at: Setup
beforeAll(async () => {
  at = await setUp({ rateLimits: false, events: ['file_shared'] })
})
afterAll(() => at.stop())

const file = (name: string) => ({ name, bytes: Buffer.from(`what ${name} holds`) })

describe('files that a person sends', () => {
  it('stand in one message in the channel or thread, and an app that asked for it hears of each', async () => {
    const root = await at.slack.say('U0ANA', 'C0OPERATIONS', 'look at this')
    const share = { channel: 'C0OPERATIONS', text: '*here*', threadTs: root }
    const taken = await at.slack.upload('U0ANA', [file('a.txt'), file('b.txt')], share)
    const [, reply] = await at.slack.thread('C0OPERATIONS', root)
    expect(reply).toMatchObject({
      user: 'U0ANA',
      text: '*here*',
      files: [{ name: 'a.txt' }, { name: 'b.txt' }],
    })
    const found = await at.slack.file(reply?.files[1]?.path ?? '')
    expect(found?.bytes.toString()).toBe('what b.txt holds')
    const heard = at.bot.heard.map(({ payload }) => payload.event)
    expect(heard).toEqual(
      taken.map(({ id }) =>
        expect.objectContaining({
          type: 'file_shared',
          channel_id: 'C0OPERATIONS',
          file_id: id,
          user_id: 'U0ANA',
        }),
      ),
    )
  })

  it('are refused where the person is not', async () => {
    const share = { channel: 'C0SECURITY', text: '' }
    await expect(at.slack.upload('U0GUS', [file('a.txt')], share)).rejects.toThrow(
      'is not a member of #security',
    )
  })
})
