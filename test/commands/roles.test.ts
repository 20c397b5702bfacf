import { describe, expect, it } from 'vitest'
import { rolesGrant } from '../../commands/roles-grant.ts'
import { rolesRevoke } from '../../commands/roles-revoke.ts'
import { UserError } from '../../src/core/errors.ts'
import { fakeDesk } from '../support/desk.ts'
import { ownPorts } from '../support/ports.ts'
import { askOf, grant, snapshotOf } from '../support/snapshot.ts'

const OPERATIONS = 'C0OPERATIONS'
const operations = { channel: OPERATIONS, name: 'operations', shared: false, archived: false }

const desk = () =>
  fakeDesk({
    channels: [operations],
    users: {
      U0OLIVIA: { person: 'olivia' },
      U0ANA: { person: 'ana' },
      U0ANATWO: { person: 'ana' },
      U0MARCO: { person: 'marco' },
      U0NEW: { person: 'new' },
      U0GUEST: { person: 'guest', kind: 'guest' },
      U0BOT: { person: 'bot', kind: 'bot' },
      U0OTHER: { person: 'other', kind: 'external' },
      U0GONE: { person: 'gone', kind: 'deactivated' },
    },
    groups: { S0ONCALL: ['U0MARCO', 'U0NEW'], S0WITHANA: ['U0MARCO', 'U0ANATWO'], S0EMPTY: [] },
    grants: [
      grant({ user: 'U0OLIVIA', role: 'owner' }),
      grant({ user: 'U0ANA', channel: OPERATIONS, role: 'admin' }),
      grant({ user: 'U0MARCO', channel: OPERATIONS, role: 'member' }),
    ],
  })
const asAdmin = askOf({ user: 'U0ANA', role: 'admin' })
const asOwner = askOf({ user: 'U0OLIVIA', role: 'owner' })

/** What the command says; a refusal by its code, with nothing changed. */
async function said(
  command: typeof rolesGrant | typeof rolesRevoke,
  args: Record<string, unknown>,
  ask = asAdmin,
): Promise<string> {
  const records = desk()
  const before = [...records.kept.grants]
  try {
    const { answer } = await command.run(args, records, ask)
    return answer.text
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    expect(records.kept.grants).toEqual(before)
    return `${thrown.code}: ${thrown.message}`
  }
}

describe('roles grant', () => {
  it('says the end in the platform’s zone, in the channel and to the security channel alike', async () => {
    const args = { subject: 'U0NEW', role: 'member', for: '8h' }
    const outcome = await rolesGrant.run(args, desk(), { ...asAdmin, zone: 'Europe/Madrid' })
    const end = 'until 2026-11-23 14:00 CET (13:00 UTC)'
    expect(outcome.answer.text).toContain(end)
    expect(outcome.announcement?.text).toContain(end)
  })

  it('gives a role in this channel and tells the security channel', async () => {
    const records = desk()
    const outcome = await rolesGrant.run({ subject: 'U0NEW', role: 'member', for: '8h' }, records, asAdmin)
    expect(records.kept.grants.at(-1)).toMatchObject({
      user: 'U0NEW',
      group: null,
      channel: OPERATIONS,
      role: 'member',
      until: '2026-11-23T13:00:00.000Z',
      grantedBy: 'U0ANA',
    })
    expect(outcome.answer.text).toBe('new is now member in #operations until 2026-11-23 13:00 UTC.')
    expect(outcome.announcement?.text).toBe(`${outcome.answer.text} Granted by ana.`)
    expect(outcome.target).toBe('U0NEW')
    expect(JSON.stringify(outcome.answer.blocks)).toContain('"value":"line:roles revoke U0NEW"')
  })

  it('replaces a role and says which', async () => {
    expect(await said(rolesGrant, { subject: 'U0MARCO', role: 'viewer' })).toBe(
      'marco is now viewer in #operations for ever, no longer member.',
    )
  })

  it('gives a role to a group', async () => {
    expect(await said(rolesGrant, { subject: 'S0ONCALL', role: 'viewer' })).toBe(
      '@oncall is now viewer in #operations for ever.',
    )
  })

  it('makes an owner everywhere, when an owner says so', async () => {
    expect(await said(rolesGrant, { subject: 'U0NEW', role: 'owner' }, asOwner)).toBe(
      'new is now owner everywhere for ever.',
    )
  })

  it('lets an owner grant in another channel', async () => {
    expect(await said(rolesGrant, { subject: 'U0NEW', role: 'admin', in: 'C0DIGEST' }, asOwner)).toBe(
      'new is now admin in #C0DIGEST for ever.',
    )
  })

  it.each([
    [
      'a grant to oneself',
      { subject: 'U0ANA', role: 'viewer' },
      'SELF_APPROVAL: You cannot grant a role to yourself.',
    ],
    [
      'a grant to one’s second account',
      { subject: 'U0ANATWO', role: 'viewer' },
      'SELF_APPROVAL: You cannot grant a role to yourself.',
    ],
    [
      'a grant to a group of one’s own',
      { subject: 'S0WITHANA', role: 'viewer' },
      'SELF_APPROVAL: You cannot grant a role to a group that you are in.',
    ],
    [
      'an admin who makes an admin',
      { subject: 'U0NEW', role: 'admin' },
      'NO_ROLE: Only an owner grants the role admin.',
    ],
    [
      'an admin who makes an owner',
      { subject: 'U0NEW', role: 'owner' },
      'NO_ROLE: Only an owner grants the role owner.',
    ],
    [
      'another channel',
      { subject: 'U0NEW', role: 'viewer', in: 'C0DIGEST' },
      'NO_ROLE: Only an owner changes another channel.',
    ],
    [
      'a guest',
      { subject: 'U0GUEST', role: 'viewer' },
      'GUEST: guest is a guest of the workspace, so a role would have no effect.',
    ],
    ['a bot', { subject: 'U0BOT', role: 'viewer' }, 'GUEST: bot is a bot'],
    ['an outsider', { subject: 'U0OTHER', role: 'viewer' }, 'EXTERNAL: other is of another company'],
    [
      'somebody who has left',
      { subject: 'U0GONE', role: 'viewer' },
      'DEACTIVATED: gone is deactivated in Slack',
    ],
    [
      'somebody unknown',
      { subject: 'U0WHO', role: 'viewer' },
      'UNAVAILABLE: Bakery has not met U0WHO in Slack yet',
    ],
    [
      'an empty group',
      { subject: 'S0EMPTY', role: 'viewer' },
      'BAD_ARGUMENT: Bakery knows no member of the group S0EMPTY.',
    ],
  ])('refuses %s', async (_what, args, refusal) => {
    expect(await said(rolesGrant, args)).toContain(refusal)
  })

  it('asks Slack who somebody is whom nobody has met, and about nobody else', async () => {
    const asked: string[] = []
    const ports = (answers: boolean) =>
      ownPorts(snapshotOf({ users: { U0MARCO: 'member', U0HALF: 'unknown' } }), [], {
        attestation: {
          async attest(user) {
            asked.push(user)
            if (!answers) throw new Error('Slack does not answer')
            return { kind: 'member', inChannel: false }
          },
        },
      })
    const prepare = (subject: string, answers = true) =>
      rolesGrant.prepare({ subject, role: 'viewer' }, ports(answers), asAdmin, AbortSignal.timeout(5000))
    for (const subject of ['U0MARCO', 'S0ONCALL', 'U0HALF', 'U0NEW']) await prepare(subject)
    expect(asked).toEqual(['U0HALF', 'U0NEW'])
    // Who cannot be asked about stays unknown, and so gets nothing.
    const act = await prepare('U0WHO', false)
    await expect(act(desk())).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  it('refuses an owner who grants to themselves as well', async () => {
    expect(await said(rolesGrant, { subject: 'U0OLIVIA', role: 'owner' }, asOwner)).toContain('SELF_APPROVAL')
  })

  it('refuses an admin who would make less of another admin', async () => {
    const records = desk()
    await records.grant({
      user: 'U0NEW',
      group: null,
      channel: OPERATIONS,
      role: 'admin',
      seconds: null,
      grantedBy: 'U0OLIVIA',
    })
    await expect(rolesGrant.run({ subject: 'U0NEW', role: 'viewer' }, records, asAdmin)).rejects.toThrow(
      'This would replace the role admin, which only an owner can do.',
    )
  })

  it('refuses when the own role was taken away in the meantime', async () => {
    const records = desk()
    await records.revoke({ user: 'U0ANA', group: null, channel: OPERATIONS })
    await expect(rolesGrant.run({ subject: 'U0NEW', role: 'viewer' }, records, asAdmin)).rejects.toThrow(
      'Your role admin was taken away in the meantime. Nothing was done.',
    )
  })
})

describe('roles revoke', () => {
  it('takes a role away and tells the security channel', async () => {
    const records = desk()
    const outcome = await rolesRevoke.run({ subject: 'U0MARCO' }, records, asAdmin)
    expect(records.kept.grants.some(({ user }) => user === 'U0MARCO')).toBe(false)
    expect(outcome.answer.text).toBe('marco is no longer member in #operations.')
    expect(outcome.announcement?.text).toBe('marco is no longer member in #operations. Revoked by ana.')
  })

  it('lets people give up their own role', async () => {
    expect(await said(rolesRevoke, { subject: 'U0ANA' })).toBe('ana is no longer admin in #operations.')
  })

  it('takes the role owner away everywhere, when an owner says so', async () => {
    expect(await said(rolesRevoke, { subject: 'U0OLIVIA', everywhere: true }, asOwner)).toBe(
      'olivia is no longer owner everywhere.',
    )
  })

  it.each([
    [
      'nothing to take',
      { subject: 'U0NEW' },
      'BAD_ARGUMENT: new holds nothing in #operations. Owners hold their role everywhere',
    ],
    [
      'an admin against an owner',
      { subject: 'U0OLIVIA', everywhere: true },
      'NO_ROLE: Only an owner takes the role owner away.',
    ],
    [
      'another channel',
      { subject: 'U0MARCO', in: 'C0DIGEST' },
      'NO_ROLE: Only an owner changes another channel.',
    ],
  ])('refuses %s', async (_what, args, refusal) => {
    expect(await said(rolesRevoke, args)).toContain(refusal)
  })

  it('refuses an admin against another admin', async () => {
    const records = desk()
    await records.grant({
      user: 'U0NEW',
      group: null,
      channel: OPERATIONS,
      role: 'admin',
      seconds: null,
      grantedBy: 'U0OLIVIA',
    })
    await expect(rolesRevoke.run({ subject: 'U0NEW' }, records, asAdmin)).rejects.toThrow(
      'Only an owner takes the role admin away.',
    )
  })
})
