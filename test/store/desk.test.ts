import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Desk } from '../../src/core/ports/desk.ts'
import { seedOnce } from '../../src/store/seed.ts'
import { answer, done, message, type Opened, open, received } from './opened.ts'

let opened: Opened
beforeAll(async () => {
  opened = await open()
})
beforeEach(async () => {
  await opened.reset()
  await seedOnce(opened.store.pool, { owners: ['UOWN'], grants: [], bindings: [] })
})
afterAll(() => opened.close())

/** One administrative command. */
async function at<Result>(act: (desk: Desk) => Promise<Result>): Promise<Result> {
  let result: Result | undefined
  await opened.store.journal.perform(await received(opened.store), async (desk) => {
    result = await act(desk)
    return { outcome: done, messages: [] }
  })
  return result as Result
}

const TO_BOB = {
  user: 'UBOB',
  group: null,
  channel: 'C1',
  role: 'member',
  seconds: null,
  grantedBy: 'UOWN',
} as const
const OWNER = { user: 'UOWN', group: null, channel: null } as const

describe('granting a role', () => {
  it('adds it for ever, or for a while by the clock of the database', async () => {
    const granted = await at((desk) => desk.grant(TO_BOB))
    expect(granted).toMatchObject({
      user: 'UBOB',
      channel: 'C1',
      role: 'member',
      until: null,
      grantedBy: 'UOWN',
    })
    const until = (await at((desk) => desk.grant({ ...TO_BOB, seconds: 8 * 3600 }))).until
    expect(Math.abs(Date.parse(until!) - Date.now() - 8 * 3_600_000)).toBeLessThan(60_000)
  })

  it('replaces what the same person held in the same channel', async () => {
    await at((desk) => desk.grant(TO_BOB))
    await at((desk) => desk.grant({ ...TO_BOB, role: 'admin' }))
    const grants = await at((desk) => desk.grants())
    expect(grants.map(({ user, role }) => `${user} ${role}`)).toEqual(['UOWN owner', 'UBOB admin'])
  })

  it('refuses a grant to oneself', async () => {
    await expect(at((desk) => desk.grant({ ...TO_BOB, grantedBy: 'UBOB' }))).rejects.toMatchObject({
      name: 'UserError',
      code: 'SELF_APPROVAL',
    })
    expect(await at((desk) => desk.grants())).toHaveLength(1)
  })

  it('refuses more than one holds to a group one is in, and allows it to somebody outside of it', async () => {
    await opened.store.mirror.saveGroup('S1', 'ops', ['UBOB', 'UEVE'])
    await at((desk) => desk.grant(TO_BOB))
    const toGroup = { ...TO_BOB, user: null, group: 'S1', role: 'admin' as const }
    await expect(at((desk) => desk.grant({ ...toGroup, grantedBy: 'UBOB' }))).rejects.toMatchObject({
      code: 'SELF_APPROVAL',
    })
    await at((desk) => desk.grant({ ...toGroup, role: 'member', grantedBy: 'UBOB' }))
    expect(await at((desk) => desk.grant(toGroup))).toMatchObject({ group: 'S1', role: 'admin' })
  })

  it('lets an owner grant to a group that the owner is in', async () => {
    await opened.store.mirror.saveGroup('S1', 'ops', ['UOWN'])
    const toGroup = { ...TO_BOB, user: null, group: 'S1', role: 'admin' as const }
    expect(await at((desk) => desk.grant(toGroup))).toMatchObject({ group: 'S1' })
  })

  it('holds owner everywhere and every other role in a channel', async () => {
    await expect(at((desk) => desk.grant({ ...TO_BOB, channel: null }))).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
    })
    await expect(at((desk) => desk.grant({ ...TO_BOB, role: 'owner' }))).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
    })
  })

  it('refuses oneself in the database too, whoever writes there', async () => {
    const sql = `INSERT INTO role_grant (user_id, channel, role, granted_by) VALUES ('UX', 'C1', 'admin', 'UX')`
    await expect(opened.admin.query(sql)).rejects.toThrow('grant_not_to_oneself')
  })
})

describe('revoking a role', () => {
  it('says what was taken, and that nothing was held', async () => {
    await at((desk) => desk.grant(TO_BOB))
    const subject = { user: 'UBOB', group: null, channel: 'C1' }
    expect(await at((desk) => desk.revoke(subject))).toMatchObject([{ user: 'UBOB', role: 'member' }])
    expect(await at((desk) => desk.revoke(subject))).toEqual([])
  })

  it('counts a grant whose time is over as nothing', async () => {
    await opened.admin.query(
      `INSERT INTO role_grant (user_id, channel, role, granted_by, until) VALUES ('UBOB', 'C1', 'admin', 'UOWN', now())`,
    )
    expect(await at((desk) => desk.grants())).toHaveLength(1)
    expect(await at((desk) => desk.revoke({ user: 'UBOB', group: null, channel: 'C1' }))).toEqual([])
  })

  it('keeps the last owner', async () => {
    await expect(at((desk) => desk.revoke(OWNER))).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
    await at((desk) => desk.grant({ ...TO_BOB, channel: null, role: 'owner' }))
    expect(await at((desk) => desk.revoke(OWNER))).toHaveLength(1)
  })

  it('does not count an owner for a while, a group or a deactivated account as an owner who stays', async () => {
    const owner = { ...TO_BOB, channel: null, role: 'owner' as const }
    await at((desk) => desk.grant({ ...owner, seconds: 3600 }))
    await at((desk) => desk.grant({ ...owner, user: null, group: 'S1' }))
    await at((desk) => desk.grant({ ...owner, user: 'UGONE' }))
    await opened.store.mirror.saveUser({ user: 'UGONE', team: 'T1', name: 'gone', kind: 'deactivated' })
    await expect(at((desk) => desk.revoke(OWNER))).rejects.toThrow('The last owner stays')
  })

  it('keeps the last owner from being made one for a while only', async () => {
    await at((desk) => desk.grant({ ...TO_BOB, channel: null, role: 'owner', seconds: 60 }))
    const again = { ...TO_BOB, ...OWNER, role: 'owner' as const, seconds: 60, grantedBy: 'UBOB' }
    await expect(at((desk) => desk.grant(again))).rejects.toThrow('The last owner stays')
  })

  it('keeps one of two owners who revoke each other at the same time', async () => {
    await at((desk) => desk.grant({ ...TO_BOB, channel: null, role: 'owner' }))
    const revoked = await Promise.allSettled([
      at((desk) => desk.revoke(OWNER)),
      at((desk) => desk.revoke({ ...OWNER, user: 'UBOB' })),
    ])
    expect(revoked.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })
})

describe('binding a channel', () => {
  it('binds, binds anew, unbinds once', async () => {
    const binding = { channel: 'C5', families: ['health', 'logs'] as const, environment: 'production' }
    expect(await at((desk) => desk.bind(binding))).toEqual(binding)
    await at((desk) => desk.bind({ ...binding, families: ['help'] }))
    expect(await at((desk) => desk.binding('C5'))).toEqual({ ...binding, families: ['help'] })
    expect(await at((desk) => desk.unbind('C5'))).toBe(true)
    expect(await at((desk) => desk.unbind('C5'))).toBe(false)
    expect(await at((desk) => desk.binding('C5'))).toBeNull()
  })
})

describe('who is behind an id', () => {
  it('names the person of each member of a group, and nobody behind an unknown one', async () => {
    await opened.store.mirror.saveUser({ user: 'UADA1', team: 'T1', name: 'ada', kind: 'member' })
    await opened.store.mirror.saveGroup('S1', 'ops', ['UADA1', 'UADA2'])
    expect(await at((desk) => desk.people({ user: null, group: 'S1' }))).toEqual([
      { user: 'UADA1', name: 'ada', kind: 'member', person: 'Ada' },
      { user: 'UADA2', name: 'UADA2', kind: 'unknown', person: 'Ada' },
    ])
    expect(await at((desk) => desk.people({ user: null, group: 'S404' }))).toEqual([])
    expect(await at((desk) => desk.people({ user: 'UBOB', group: null }))).toEqual([
      { user: 'UBOB', name: 'UBOB', kind: 'unknown', person: 'UBOB' },
    ])
  })

  it('knows a channel as the mirror does', async () => {
    const channel = { channel: 'C1', name: 'ops', shared: true, archived: false }
    await opened.store.mirror.saveChannel(channel)
    expect(await at((desk) => desk.channel('C1'))).toEqual(channel)
    expect(await at((desk) => desk.channel('C404'))).toBeNull()
  })
})

describe('sharing a message', () => {
  async function whispered() {
    const said = message('logs of orders', {
      to: 'requester',
      channel: 'C1',
      user: 'UBOB',
      responseUrl: null,
    })
    const withThread = {
      ...said,
      answer: answer('logs of orders', { thread: [answer('more')], audience: 'requester' }),
    }
    await opened.store.journal.finish(await received(opened.store), done, [withThread])
    return opened.admin
      .query('SELECT id FROM outbox WHERE root IS NULL')
      .then(({ rows }) => rows[0].id as string)
  }

  it('gives its content as it was, for all, once', async () => {
    const id = await whispered()
    expect(await at((desk) => desk.share(id, 'UBOB'))).toEqual(
      answer('logs of orders', { thread: [answer('more')], audience: 'channel' }),
    )
    await expect(at((desk) => desk.share(id, 'UBOB'))).rejects.toMatchObject({ code: 'ALREADY_DECIDED' })
  })

  it('is only for the person whom it went to', async () => {
    const id = await whispered()
    await expect(at((desk) => desk.share(id, 'UEVE'))).rejects.toMatchObject({ code: 'NO_ROLE' })
  })

  it.each(['00000000-0000-4000-8000-000000000000', `' OR true`, ''])(
    'does not know the message %j',
    async (id) => {
      await expect(at((desk) => desk.share(id, 'UBOB'))).rejects.toMatchObject({ code: 'EXPIRED' })
    },
  )
})

describe('seeding', () => {
  const seeds = {
    owners: ['UOWN', 'UTWO'],
    grants: [{ user: null, group: 'S1', channel: 'C1', role: 'admin' as const }],
    bindings: [{ channel: 'C1', families: ['health' as const], environment: 'production' }],
  }

  it('happens once per database, also when several processes start at once', async () => {
    const fresh = await open()
    const stores = [fresh.store, await fresh.another(), await fresh.another()]
    const seeded = await Promise.all(stores.map(({ pool }) => seedOnce(pool, seeds)))
    expect(seeded.sort()).toEqual([false, false, true])
    const { rows } = await fresh.admin.query(
      `SELECT kind, actor, channel, target, decision FROM audit ORDER BY seq`,
    )
    expect(rows).toEqual([
      { kind: 'seed', actor: 'bakery', channel: null, target: 'UOWN', decision: 'done' },
      { kind: 'seed', actor: 'bakery', channel: null, target: 'UTWO', decision: 'done' },
      { kind: 'seed', actor: 'bakery', channel: 'C1', target: 'S1', decision: 'done' },
      { kind: 'seed', actor: 'bakery', channel: 'C1', target: 'C1', decision: 'done' },
    ])
    await fresh.close()
  })

  it('does not bring back what was revoked since', async () => {
    await at((desk) => desk.grant({ ...TO_BOB, channel: null, role: 'owner' }))
    await at((desk) => desk.revoke(OWNER))
    expect(await seedOnce(opened.store.pool, seeds)).toBe(false)
    expect((await at((desk) => desk.grants())).map(({ user }) => user)).toEqual(['UBOB'])
  })
})
