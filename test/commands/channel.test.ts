import { describe, expect, it } from 'vitest'
import { channelBind } from '../../commands/channel-bind.ts'
import { channelUnbind } from '../../commands/channel-unbind.ts'
import { jobsPause } from '../../commands/jobs-pause.ts'
import { jobsResume } from '../../commands/jobs-resume.ts'
import { jobsRun } from '../../commands/jobs-run.ts'
import { share } from '../../commands/share.ts'
import { fakeDesk } from '../support/desk.ts'
import { askOf, grant } from '../support/snapshot.ts'

const asOwner = askOf({ user: 'U0OLIVIA', role: 'owner' })
const desk = () =>
  fakeDesk({
    grants: [grant({ user: 'U0OLIVIA', role: 'owner' })],
    bindings: [{ channel: 'C0OPERATIONS', families: ['health'], environment: 'production' }],
    channels: [
      { channel: 'C0OPERATIONS', name: 'operations', shared: false, archived: false },
      { channel: 'C0SHARED', name: 'partners', shared: true, archived: false },
    ],
  })

describe('channel bind', () => {
  it('says what a channel is for, what it was for, and tells the security channel', async () => {
    const records = desk()
    const outcome = await channelBind.run({ families: ['health', 'logs', 'health'] }, records, asOwner)
    expect(records.kept.bindings.get('C0OPERATIONS')).toEqual({
      channel: 'C0OPERATIONS',
      families: ['health', 'logs'],
      environment: 'production',
    })
    expect(outcome.answer.text).toBe(
      '#operations is bound to health, logs of production. Before: health of production.',
    )
    expect(outcome.announcement?.text).toContain('Bound by olivia.')
  })

  it('refuses a channel that is shared with another company', async () => {
    await expect(channelBind.run({ families: ['health'], in: 'C0SHARED' }, desk(), asOwner)).rejects.toThrow(
      '#partners is shared with another company, so nothing can be bound to it.',
    )
  })

  it('refuses when the owner is none any more', async () => {
    const records = fakeDesk()
    await expect(channelBind.run({ families: ['health'] }, records, asOwner)).rejects.toThrow(
      'taken away in the meantime',
    )
  })
})

describe('channel unbind', () => {
  it('leaves nothing but help', async () => {
    const records = desk()
    const outcome = await channelUnbind.run({}, records, asOwner)
    expect(records.kept.bindings.size).toBe(0)
    expect(outcome.answer.text).toBe('#operations is not bound any more: only help is left there.')
  })

  it('refuses a channel that is not bound', async () => {
    await expect(channelUnbind.run({ in: 'C0SHARED' }, desk(), asOwner)).rejects.toThrow(
      '#partners is not bound to anything.',
    )
  })
})

describe('jobs', () => {
  it('are run, paused and resumed in the name of who asked', async () => {
    const records = desk()
    const run = await jobsRun.run({ job: 'morning-health' }, records, asOwner)
    const pause = await jobsPause.run({ job: 'morning-health' }, records, asOwner)
    const resume = await jobsResume.run({ job: 'morning-health' }, records, asOwner)
    expect(records.kept.jobs).toEqual([
      'run morning-health by olivia',
      'pause morning-health by olivia',
      'resume morning-health by olivia',
    ])
    expect([run, pause, resume].map(({ answer }) => answer.text)).toEqual([
      'morning-health runs within a minute. Its message goes where it always goes.',
      'morning-health is paused. It does not run before somebody resumes it.',
      'morning-health runs by its schedule again.',
    ])
    expect(pause.announcement?.text).toContain('Paused by olivia.')
    expect(pause.target).toBe('morning-health')
  })
})

describe('share', () => {
  it('posts for all what one person saw', async () => {
    const { answer, target } = await share.run({ message: '0192f1c4' }, desk(), asOwner)
    expect(answer).toMatchObject({ kind: 'logs', audience: 'channel', text: '0192f1c4 of U0OLIVIA' })
    expect(target).toBe('0192f1c4')
  })

  it('takes nothing but the number of a message', async () => {
    await expect(share.run({ message: '../x' }, desk(), asOwner)).rejects.toThrow()
  })
})
