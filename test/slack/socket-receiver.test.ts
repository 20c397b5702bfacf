import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Bot, click, event, startBot, until } from './support/bot.ts'
import { type FakeSlack, startFakeSlack } from './support/fake-slack.ts'
import { type FakeSocket, startFakeSocket } from './support/fake-socket.ts'

let fake: FakeSlack
let socket: FakeSocket
let bot: Bot

beforeEach(async () => {
  fake = await startFakeSlack()
  socket = await startFakeSocket(fake)
  bot = await startBot({ apiUrl: fake.apiUrl, appToken: 'xapp-test' })
  await until('both connections stand', () => socket.connected() === 2)
  await until('hello was heard', () => bot.slack.problems().length === 0)
})
afterEach(async () => {
  await bot.stop()
  await socket.close()
  await fake.close()
})

const command = (text: string) => ({
  command: '/bakery',
  text,
  team_id: 'T1',
  user_id: 'U1',
  channel_id: 'C1',
  channel_name: 'operations',
  response_url: 'https://hooks.slack.com/commands/T1/1/x',
  trigger_id: '1.2.x',
})
const sent = (type: string, envelope_id: string, payload: unknown) =>
  socket.envelope({ type, envelope_id, payload })
const acknowledgementOf = async (id: string) => {
  await until(`${id} is acknowledged`, () =>
    socket.acknowledged.some(({ envelope_id }) => envelope_id === id),
  )
  return socket.acknowledged.filter(({ envelope_id }) => envelope_id === id)
}

describe('Socket Mode', () => {
  it('hears a slash command, acknowledges its envelope, and does it', async () => {
    sent('slash_commands', 'e1', command('health'))
    expect(await acknowledgementOf('e1')).toEqual([{ envelope_id: 'e1', payload: {} }])
    await until('it ran', () => bot.intake.ran.length === 1)
    expect(bot.intake.ran[0]).toMatchObject({
      surface: 'slash',
      line: 'health',
      channel: 'C1',
      replayKeys: ['envelope:e1'],
    })
  })

  it('hears a click and an event, by the same words as over HTTP', async () => {
    sent('interactive', 'e1', click())
    sent('events_api', 'e2', JSON.parse(event({ type: 'channel_archive', channel: 'C1' }, 'Ev7')))
    await until('both ran', () => bot.intake.ran.length === 2)
    expect(bot.intake.asked).toMatchObject([
      { surface: 'button', click: { action: 'refresh' }, replayKeys: ['envelope:e1'] },
      { surface: 'event', event: 'channel_archive', replayKeys: ['envelope:e2', 'event:Ev7'] },
    ])
  })

  it('runs an envelope once that comes again, and an event once that comes in another envelope', async () => {
    sent('slash_commands', 'e1', command('health'))
    sent('slash_commands', 'e1', command('health'))
    const again = JSON.parse(event({ type: 'channel_archive', channel: 'C1' }, 'Ev8'))
    sent('events_api', 'e2', again)
    sent('events_api', 'e3', again)
    await acknowledgementOf('e3')
    await until('both ran', () => bot.intake.ran.length === 2)
    expect(bot.intake.asked).toHaveLength(4)
    expect(await acknowledgementOf('e1')).toHaveLength(2)
  })

  it('takes an event over HTTP and over Socket Mode for the same', async () => {
    const body = event({ type: 'channel_archive', channel: 'C1' }, 'Ev9')
    await bot.post(body, { contentType: 'application/json' })
    sent('events_api', 'e1', JSON.parse(body))
    await acknowledgementOf('e1')
    expect(bot.intake.asked).toHaveLength(2)
    await until('it ran', () => bot.intake.ran.length > 0)
    expect(bot.intake.ran).toHaveLength(1)
  })

  it('tells in the acknowledgement that a command was not recorded', async () => {
    bot.intake.unrecorded = 'NOT_RECORDED · ref 0A1B2C3D'
    sent('slash_commands', 'e1', command('health'))
    expect(await acknowledgementOf('e1')).toMatchObject([
      { payload: { response_type: 'ephemeral', text: 'NOT_RECORDED · ref 0A1B2C3D' } },
    ])
    expect(bot.intake.ran).toHaveLength(0)
  })

  it('does not acknowledge an event that was not recorded, so that Slack sends it again', async () => {
    bot.intake.unrecorded = 'NOT_RECORDED'
    const payload = JSON.parse(event({ type: 'channel_archive', channel: 'C1' }, 'Ev10'))
    sent('events_api', 'e1', payload)
    await until('it was asked', () => bot.intake.asked.length === 1)
    bot.intake.unrecorded = null
    sent('events_api', 'e2', payload)
    await acknowledgementOf('e2')
    expect(socket.acknowledged.map(({ envelope_id }) => envelope_id)).toEqual(['e2'])
  })

  it.each([
    '',
    'text',
    '{}',
    'null',
    '[]',
    '{"type":"events_api","envelope_id":"x"}',
    '{"type":"events_api","envelope_id":"x","payload":{}}',
    '{"type":"events_api","envelope_id":"x","payload":{"event":null}}',
    '{"type":"slash_commands","envelope_id":"x","payload":null}',
    '{"type":"interactive","envelope_id":"x","payload":{"type":"block_actions"}}',
  ])('survives %j', async (text) => {
    socket.raw(text)
    sent('slash_commands', 'e1', command('health'))
    await acknowledgementOf('e1')
    expect(bot.intake.asked).toHaveLength(1)
  })

  it('has another connection while Slack renews one, and opens it again', async () => {
    socket.refresh('oldest')
    sent('slash_commands', 'e1', command('health'))
    await acknowledgementOf('e1')
    await until('it is opened again', () => socket.opened() === 3 && socket.connected() === 2)
    expect(bot.slack.problems()).toEqual([])
  })

  it('connects again when all connections are cut, and while Slack cannot be reached says so once', async () => {
    fake.always('apps.connections.open', { status: 503 })
    socket.cut()
    await until('it is noticed', () => bot.slack.problems().includes('Socket Mode is not connected'))
    await until('it was tried', () => fake.callsOf('apps.connections.open').length >= 5)
    fake.always('apps.connections.open', null)
    await until('it stands again', () => socket.connected() === 2)
    sent('slash_commands', 'e1', command('health'))
    await acknowledgementOf('e1')
    expect(bot.logged.filter(({ msg }) => msg.startsWith('Socket Mode cannot be connected'))).toHaveLength(1)
  })

  it('stops: nothing is connected any more, and nothing connects again', async () => {
    await bot.slack.stop(2_000)
    await until('all are closed', () => socket.connected() === 0)
    expect(socket.opened()).toBe(2)
  })
})
