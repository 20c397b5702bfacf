import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commands } from '../../../commands/index.ts'
import { kubectl } from '../../../commands/kubectl.ts'
import { simulate } from '../../../commands/simulate.ts'
import { createPlanner } from '../../../src/operations/plan.ts'
import { buttonLines } from '../../health/answers.ts'
import { expectUserError } from '../../support/expect-error.ts'
import { assertHarmless, hostileText, seedOf } from '../../support/hostile.ts'
import { ownPorts } from '../../support/ports.ts'
import { askOf, grant, snapshotOf } from '../../support/snapshot.ts'
import { autoscaler, fakeWorkloads, workloadFacts } from '../../support/workloads.ts'
import { answeringDatabases, registry } from './support.ts'

const HERE = 'C0OPERATIONS'
const snapshot = snapshotOf({
  users: { U0ANA: 'member', U0VERA: 'member', U0MARCO: 'member', U0GUS: 'guest' },
  channels: { [HERE]: false, C0RANDOM: false },
  bindings: [
    { channel: HERE, families: ['health', 'cluster', 'logs', 'changes'], environment: 'production' },
  ],
  grants: [
    grant({ user: 'U0ANA', channel: HERE, role: 'admin' }),
    grant({ user: 'U0MARCO', channel: HERE, role: 'member' }),
    grant({ user: 'U0VERA', channel: HERE, role: 'viewer' }),
  ],
})

function world() {
  const ports = ownPorts(snapshot, commands, {
    workloads: fakeWorkloads({ workloads: [workloadFacts({ autoscaler: autoscaler() })] }),
    databases: answeringDatabases(),
  })
  const planner = createPlanner({ registry, ports: () => ports, rehearse: null })
  return { ...ports, planner }
}

const run = async (query: typeof simulate | typeof kubectl, line: string, user = 'U0ANA') => {
  const { args } = registry.resolve(line)
  const role = { U0ANA: 'admin', U0MARCO: 'member', U0VERA: 'viewer' }[user] as 'admin'
  const { answer } = await query.run(args, world(), askOf({ user, role }), AbortSignal.timeout(5000))
  return { answer, said: JSON.stringify(answer.blocks), text: answer.text }
}

describe('a simulation', () => {
  it('says that a person may, by which rule, and what would be proposed', async () => {
    const { answer, said, text } = await run(simulate, 'simulate "scale orders 3" --as U0MARCO')
    expect(text).toBe(
      'Simulation, nothing was done: marco may do this in #operations: scale orders-service 3',
    )
    expect(answer).toMatchObject({ kind: 'preview', audience: 'requester' })
    expect(said).toContain('Scale orders-service from 2 to 3')
    expect(said).toContain('AUTOSCALED')
    expect(said).toMatch(/Risk change: the requester confirms it\. 1 step, digest [0-9a-f]{16}\./)
    expect(buttonLines(answer)).toEqual([])
  })

  it.each([
    ['scale orders 3', 'U0VERA', HERE, /vera may not do this/, 'needs the role member'],
    ['scale orders 3', 'U0GUS', HERE, /gus may not do this/, 'Guests of the workspace'],
    ['scale orders 3', 'U0MARCO', 'C0RANDOM', /marco may not do this in #random/, 'not bound'],
    ['scale orders 3', 'U0NOBODY', HERE, /may not do this/, 'Slack cannot say who you are'],
  ])('says why %s is refused to %s in %s', async (line, as, where, text, says) => {
    const found = await run(simulate, `simulate "${line}" --as ${as} --in ${where}`)
    expect(found.text).toMatch(text)
    expect(found.said).toContain(says)
    expect(found.said).not.toContain('Scale orders-service')
  })

  it('says what a question and an administrative command would be', async () => {
    expect((await run(simulate, 'simulate pods')).said).toContain('It only reads')
    expect((await run(simulate, 'simulate "health databases" --as U0VERA')).said).toContain('It only reads')
    const stopped = await run(simulate, 'simulate "scale orders 5"')
    expect(stopped.said).toContain('Nothing would be proposed.')
    expect((await run(simulate, 'simulate "hpa orders"')).said).toContain('Say which bound changes')
  })

  it('simulates no simulation, and nothing that means nothing', async () => {
    await expectUserError(
      run(simulate, 'simulate "simulate pods"'),
      'BAD_ARGUMENT',
      /leave the first word out/,
    )
    await expectUserError(run(simulate, 'simulate "scalee orders 3"'), 'UNKNOWN_COMMAND', /no command/)
  })
})

describe('a pasted kubectl line', () => {
  it('is answered with Bakery’s command, its plan, and what kubectl would have done', async () => {
    const { answer, said, text } = await run(
      kubectl,
      'kubectl kubectl scale deployment orders-service -n bakery-ia --replicas=3',
      'U0MARCO',
    )
    expect(text).toBe('In Bakery this is: scale orders-service 3. Nothing was done.')
    expect(said).toContain('kubectl would set orders-service to 3 pods')
    expect(said).toContain('AUTOSCALED')
    expect(buttonLines(answer)).toEqual(['run: scale orders-service 3'])
  })

  it('says to who may not that they may not, and asks those who may', async () => {
    const { answer, said } = await run(kubectl, 'kubectl rollout restart deployment/orders-service', 'U0VERA')
    expect(said).toContain('You may not do this here.')
    expect(buttonLines(answer)).toEqual(['run: ask restart orders-service'])
  })

  it('offers what works where the line itself would be refused', async () => {
    const beyond = await run(
      kubectl,
      'kubectl kubectl scale deployment orders-service --replicas=5',
      'U0MARCO',
    )
    expect(beyond.said).toContain('orders-service cannot be scaled to 5')
    expect(buttonLines(beyond.answer)).toEqual(['run: hpa orders-service --max 5'])
    const nobody = await run(kubectl, 'kubectl kubectl delete pod kettle', 'U0MARCO')
    expect(nobody.said).toContain('There is no pod called “kettle”')
    expect(buttonLines(nobody.answer)).toEqual([])
  })

  it('keeps a placeholder, and offers no button for it', async () => {
    const { answer, said } = await run(kubectl, 'kubectl rollout undo deployment/SERVICE_NAME -n bakery-ia')
    expect(said).toContain('Put what is meant in the place of')
    expect(buttonLines(answer)).toEqual([])
  })

  it('is read whole, with flags of its own, quotes and pipes', () => {
    const line = 'kubectl exec -n bakery-ia deployment/auth-db -- psql -c "SHOW ssl;" | head -3'
    const resolved = registry.resolve(line)
    expect(resolved.args).toEqual({ line: line.slice('kubectl '.length) })
    expect(registry.resolve(resolved.line).args).toEqual(resolved.args)
  })

  it('makes a harmless message of anything', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        hostileText,
        fc.constantFrom('', 'rollout restart ', 'scale deploy/', 'logs '),
        async (text, verb) => {
          const line = `${verb}${text}`.slice(0, 900)
          if (line.trim() === '') return
          const { answer } = await kubectl
            .run({ line }, world(), askOf({ role: 'admin' }), AbortSignal.timeout(5000))
            .catch((thrown: unknown) => {
              expect(thrown).toMatchObject({ name: 'UserError' })
              return { answer: null }
            })
          if (answer !== null) assertHarmless(answer)
        },
      ),
      { numRuns: 300, seed: seedOf('pasted lines as messages') },
    )
  })
})
