import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Attestation } from '../../src/core/ports/planner.ts'
import { createAttestation } from '../../src/slack/attest.ts'
import { createClients } from '../../src/slack/client.ts'
import { createSlackMetrics } from '../../src/slack/metrics.ts'
import { type FakeSlack, startFakeSlack } from './support/fake-slack.ts'
import { createMemoryMirror, type MemoryMirror } from './support/memory-mirror.ts'

const log = pino({ level: 'silent' })
let fake: FakeSlack
let mirror: MemoryMirror
let attestation: Attestation

beforeEach(async () => {
  fake = await startFakeSlack()
  mirror = createMemoryMirror()
  const metrics = createSlackMetrics(new Registry())
  const { look } = createClients({ botToken: 'xoxb-test', apiUrl: fake.apiUrl, log, metrics })
  attestation = createAttestation({
    ...{ client: look, mirror, team: async () => 'T1' },
    mirrored: (user) => {
      const known = mirror.users.get(user)
      return known && { ...known, seenAt: '2026-11-23T05:00:00.000Z' }
    },
  })
  fake.answer('users.info', ({ user }) => ({ ok: true, user: { id: user, team_id: 'T1', name: 'ana' } }))
  fake.answer('conversations.members', () => ({ ok: true, members: ['U1', 'U2'] }))
})
afterEach(() => fake.close())

describe('before somebody decides', () => {
  it('Slack says that they are a member of the workspace and of the channel', async () => {
    expect(await attestation.attest('U1', 'C1')).toEqual({ kind: 'member', inChannel: true })
  })

  it('Slack is asked each time: who was deactivated since is deactivated now, in the mirror too', async () => {
    await attestation.attest('U1', 'C1')
    fake.answer('users.info', ({ user }) => ({ ok: true, user: { id: user, team_id: 'T1', deleted: true } }))
    expect(await attestation.attest('U1', 'C1')).toMatchObject({ kind: 'deactivated' })
    expect(mirror.users.get('U1')).toMatchObject({ kind: 'deactivated' })
  })

  it('what the mirror says already is not written again, and what is new is there before the answer', async () => {
    const saved: string[] = []
    const save = mirror.saveUser
    mirror.saveUser = async (user) => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      saved.push(user.kind)
      return save(user)
    }
    for (const deleted of [false, false, true, true, false]) {
      fake.answer('users.info', ({ user }) => ({ ok: true, user: { id: user, team_id: 'T1', deleted } }))
      const { kind } = await attestation.attest('U1', 'C1')
      expect(saved.at(-1)).toBe(kind)
    }
    expect(saved).toEqual(['member', 'deactivated', 'member'])
  })

  it('somebody whom nobody has met can be looked up without a channel', async () => {
    fake.answer('conversations.members', () => ({ ok: false, error: 'channel_not_found' }))
    expect(await attestation.attest('U7', null)).toEqual({ kind: 'member', inChannel: false })
    expect(mirror.users.get('U7')).toMatchObject({ kind: 'member', name: 'ana' })
  })

  it('who left the channel is not in it', async () => {
    expect(await attestation.attest('U9', 'C1')).toEqual({ kind: 'member', inChannel: false })
  })

  it('a large channel is read to its end', async () => {
    fake.answer('conversations.members', ({ cursor }) =>
      cursor === 'more'
        ? { ok: true, members: ['U9'] }
        : { ok: true, members: ['U1'], response_metadata: { next_cursor: 'more' } },
    )
    expect(await attestation.attest('U9', 'C1')).toMatchObject({ inChannel: true })
  })

  it.each(['users.info', 'conversations.members'])(
    'nothing is decided while Slack cannot answer %s',
    async (method) => {
      fake.answer(method, () => ({ ok: false, error: 'internal_error' }))
      await expect(attestation.attest('U1', 'C1')).rejects.toThrow(/Slack could not be asked who this is/)
    },
  )
})
