import { describe, expect, it } from 'vitest'
import { ask as askThem } from '../../commands/ask.ts'
import { form } from '../../commands/form.ts'
import { commands } from '../../commands/index.ts'
import { limitFaults } from '../../src/blocks/faults.ts'
import type { InputBlock } from '../../src/blocks/types.ts'
import { FAMILIES } from '../../src/core/roles.ts'
import { ownPorts } from '../support/ports.ts'
import { askOf, grant, snapshotOf } from '../support/snapshot.ts'

const OPERATIONS = 'C0OPERATIONS'
const snapshot = snapshotOf({
  users: { U0OLIVIA: 'member', U0ANA: 'member', U0MARCO: 'member', U0VERA: 'member' },
  channels: { [OPERATIONS]: false },
  groups: { S0ONCALL: ['U0MARCO'] },
  grants: [
    grant({ user: 'U0OLIVIA', role: 'owner' }),
    grant({ user: 'U0ANA', channel: OPERATIONS, role: 'admin' }),
    grant({ group: 'S0ONCALL', channel: OPERATIONS, role: 'member' }),
    grant({ user: 'U0VERA', channel: OPERATIONS, role: 'viewer' }),
  ],
  bindings: [{ channel: OPERATIONS, families: [...FAMILIES], environment: 'production' }],
})
const ports = ownPorts(snapshot, commands)
const signal = AbortSignal.timeout(5000)
const inputs = (blocks: readonly { type: string }[]) =>
  blocks.filter((block): block is InputBlock => block.type === 'input')

async function open(command: string, user = 'U0MARCO', channel: string | null = OPERATIONS) {
  const { answer } = await form.run({ command }, ports, askOf({ user, channel }), signal)
  const dialog = answer.dialog
  if (!dialog) throw new Error('no form was opened')
  return { dialog, fields: inputs(dialog.blocks) }
}

describe('a form', () => {
  it('asks for the arguments of its command, with services to choose from', async () => {
    const { dialog, fields } = await open('scale')
    expect(dialog).toMatchObject({ callbackId: 'form', submit: 'Preview', metadata: `${OPERATIONS}.scale` })
    const [service] = fields
    expect(service).toMatchObject({ block_id: expect.any(String), optional: false })
    expect(service?.element).toMatchObject({ type: 'static_select' })
    expect(JSON.stringify(service?.element)).toContain('orders-service')
  })

  it.each(commands.map(({ name }) => [name]))('of “%s” is within Slack’s limits', async (name) => {
    const { dialog, fields } = await open(name, 'U0OLIVIA')
    expect(limitFaults(dialog.blocks)).toEqual([])
    expect(dialog.metadata).toBe(`${OPERATIONS}.${name}`)
    expect(fields.map(({ block_id }) => block_id)).toEqual(
      Object.keys(commands.find((one) => one.name === name)?.args.shape ?? {}),
    )
  })

  it('shows what is expected by an example, its own or one of another command with the same argument', async () => {
    const placeholders = (fields: readonly InputBlock[]) =>
      Object.fromEntries(
        fields.flatMap(({ block_id, element }) =>
          element.type === 'plain_text_input' ? [[block_id, element.placeholder?.text]] : [],
        ),
      )
    expect(placeholders((await open('scale')).fields)).toMatchObject({
      replicas: 'such as 3 or 2',
      suspendFlux: 'such as 1h',
      confirmWithin: 'such as 10m',
      reason: 'such as restore',
    })
    expect(placeholders((await open('pod delete')).fields)).toMatchObject({
      pod: 'such as orders-service-7d9f8b6c5-abcde',
    })
    expect(placeholders((await open('freeze', 'U0ANA')).fields)).toMatchObject({
      service: 'such as orders-service or all',
      until: 'such as 18:00',
    })
  })

  it('has an example for everything that is typed into the form of a change', async () => {
    for (const { name } of commands.filter(({ kind }) => kind === 'change')) {
      const { fields } = await open(name, 'U0OLIVIA')
      const typed = fields.filter(({ element }) => element.type === 'plain_text_input')
      expect(JSON.stringify(typed).match(/"such as /g)).toHaveLength(typed.length)
    }
  })

  it('has a box to tick for yes or no, which becomes the flag', async () => {
    const { fields } = await open('scale')
    const exempt = fields.find(({ block_id }) => block_id === 'exempt')
    expect(exempt).toMatchObject({
      ...{ optional: true, label: { text: 'Exempt' } },
      element: { type: 'checkboxes', options: [{ value: 'yes', text: { text: 'Yes' } }] },
    })
    expect(fields.map(({ label }) => label.text)).toContain('Suspend Flux')
    expect(ports.registry.format('scale', { workload: 'orders', replicas: '3', exempt: ['yes'] })).toBe(
      'scale orders 3 --exempt',
    )
  })

  it('is not opened for who may not use its command, and says why', async () => {
    await expect(open('scale', 'U0VERA')).rejects.toMatchObject({ code: 'NO_ROLE' })
  })

  it('is not opened for a command that does not exist, nor without a channel', async () => {
    await expect(open('sclae')).rejects.toMatchObject({ code: 'UNKNOWN_COMMAND' })
    await expect(open('scale', 'U0MARCO', null)).rejects.toMatchObject({ code: 'NOT_BOUND' })
  })
})

describe('asking somebody who may', () => {
  it('calls those who hold the role here, and offers them the line', async () => {
    const args = { line: 'roles grant @vera member' }
    const asker = askOf({ user: 'U0MARCO', channel: OPERATIONS })
    const run = askThem.run(
      { line: 'restart orders' },
      ports,
      askOf({ user: 'U0VERA', channel: OPERATIONS }),
      signal,
    )
    const { answer } = await run
    const shown = JSON.stringify(answer.blocks)
    expect(shown).toContain('<!subteam^S0ONCALL>')
    expect(shown).toContain('<@U0ANA>')
    expect(shown).toContain('line:restart orders-service')
    expect(answer.text).toContain('asks for somebody to run: restart orders-service')
    await expect(askThem.run(args, ports, { ...asker, channel: null }, signal)).rejects.toThrow()
  })

  it('of a form calls those who may run its command, and the refusal of the form offers that', async () => {
    const vera = askOf({ user: 'U0VERA', channel: OPERATIONS, role: 'viewer' })
    const thrown = await form
      .run({ command: 'scale' }, ports, vera, signal)
      .catch((problem: unknown) => problem)
    expect(thrown).toMatchObject({ code: 'NO_ROLE', askFor: 'form scale' })
    const { answer } = await askThem.run({ line: 'form scale' }, ports, vera, signal)
    const shown = JSON.stringify(answer.blocks)
    expect(shown).toContain('<@U0ANA> <!subteam^S0ONCALL> <@U0OLIVIA> vera asks')
    expect(shown).toContain('line:form scale')
  })

  it('calls whoever may give back anybody’s override, not everybody who may give back their own', async () => {
    const marco = askOf({ user: 'U0MARCO', channel: OPERATIONS, role: 'member' })
    const { answer } = await askThem.run({ line: 'overrides end 4f7k2m9x0q' }, ports, marco, signal)
    expect(JSON.stringify(answer.blocks)).toContain('<@U0ANA> <@U0OLIVIA> marco asks')
  })

  it('calls the owners for what would run without a second person', async () => {
    const marco = askOf({ user: 'U0MARCO', channel: OPERATIONS, role: 'member' })
    const line = 'restart auth-db --break-glass'
    const { command } = ports.registry.resolve(line)
    expect(ports.registry.decide(command, marco, snapshot)).toMatchObject({
      ...{ code: 'NO_ROLE', holders: ['U0OLIVIA'] },
      message:
        'Running something without a second person needs the role owner in this channel; you are member. Who can do it: olivia.',
    })
    const { answer } = await askThem.run({ line }, ports, marco, signal)
    expect(JSON.stringify(answer.blocks)).toContain('<@U0OLIVIA> marco asks')
    const plain = ports.registry.resolve('restart auth-db').command
    expect(ports.registry.decide(plain, marco, snapshot).decision).toBe('allowed')
  })

  it('smuggles no mention in with the line', async () => {
    const hostile = { line: 'restart <!channel>' }
    await expect(
      askThem.run(hostile, ports, askOf({ user: 'U0VERA', channel: OPERATIONS }), signal),
    ).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
  })
})
