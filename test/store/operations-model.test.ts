import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import {
  FINAL_STATES,
  isFinal,
  type Operation,
  type OperationState,
  TRANSITIONS,
} from '../../src/core/operation.ts'
import type { Claim, OperationDesk } from '../../src/core/ports/operations.ts'
import { actor, planOf, proposalOf, scaleStep } from '../support/operations.ts'
import { type Opened, open } from './opened.ts'
import { type Decide, decisions, everyRow, seedPeople } from './operations-support.ts'

let opened: Opened
let at: Decide
beforeAll(async () => {
  opened = await open()
  at = decisions(opened)
})
beforeEach(async () => {
  await opened.reset()
  await seedPeople(opened)
})
afterAll(() => opened.close())

/** An operation as a person at a whiteboard would follow it. */
interface Followed {
  readonly id: string
  readonly digest: string
  readonly target: string
  readonly risk: 'change' | 'destructive'
  readonly needed: number
  readonly approvedBy: Set<string>
  state: OperationState
  over: boolean
  cancelRequested: boolean
  changes: number
  claim: Claim | null
}

interface Model {
  readonly operations: Followed[]
  frozen: boolean
}

/** The real thing: one database, looked at after each command. */
interface Real {
  readonly at: Decide
}

const TARGETS = ['orders-service', 'auth-service']
const PEOPLE = { UBOB: 'member', UANA: 'admin', UCARL: 'admin', UVERA: 'viewer' } as const
type Person = keyof typeof PEOPLE
const isAdmin = (who: Person) => PEOPLE[who] === 'admin'
const REQUESTER: Person = 'UBOB'
const LOCKING: readonly OperationState[] = ['approved', 'running', 'verifying', 'needs-human']

function isBusy({ operations }: Model, { target, id }: Pick<Followed, 'target' | 'id'>): boolean {
  return operations.some((one) => one.id !== id && one.target === target && LOCKING.includes(one.state))
}

async function outcome(real: Real, act: (desk: OperationDesk) => Promise<Operation>): Promise<string> {
  try {
    return (await real.at(act)).state
  } catch (thrown) {
    if (thrown instanceof UserError) return thrown.code
    throw thrown
  }
}

/** What is true of the database whatever was done to it. */
async function agree(model: Model): Promise<void> {
  const rows = await everyRow(
    opened,
    `SELECT o.id, o.state, o.cancel_requested AS "cancelRequested", o.changes,
       (SELECT array_agg(decision ORDER BY seq) FROM audit a WHERE a.operation = o.id AND a.kind = 'operation') AS history,
       (SELECT count(*)::int FROM operation_lock l WHERE l.operation = o.id) AS locks,
       (SELECT count(*)::int FROM operation_review r WHERE r.operation = o.id AND r.verdict = 'approve') AS approvals
     FROM operation o`,
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  expect(rows).toHaveLength(model.operations.length)
  for (const { id, state, cancelRequested, changes, approvedBy } of model.operations) {
    const row = byId.get(id)
    expect(row).toMatchObject({ state, cancelRequested, changes, approvals: approvedBy.size })
    expect(row.history).toHaveLength(changes)
    expect(row.history.at(-1)).toBe(state)
    expect(row.locks).toBe(LOCKING.includes(state) ? 1 : 0)
    for (const [index, next] of row.history.slice(1).entries()) {
      expect(TRANSITIONS[row.history[index] as OperationState]).toContain(next)
    }
  }
}

const ALREADY = (state: OperationState) => (state === 'expired' ? 'EXPIRED' : 'ALREADY_DECIDED')

function enter(operation: Followed, state: OperationState): void {
  operation.state = state
  operation.changes += 1
  if (isFinal(state) || state === 'needs-human') operation.claim = null
}

abstract class OnOne implements fc.AsyncCommand<Model, Real> {
  readonly which: number
  constructor(which: number) {
    this.which = which
  }
  check({ operations }: Readonly<Model>): boolean {
    return operations.length > 0
  }
  async run(model: Model, real: Real): Promise<void> {
    const operation = model.operations[this.which % model.operations.length]
    if (operation === undefined) return
    await this.on(operation, model, real)
    await agree(model)
  }
  protected abstract on(operation: Followed, model: Model, real: Real): Promise<void>
  abstract toString(): string
}

class Propose implements fc.AsyncCommand<Model, Real> {
  readonly target: string
  readonly needed: number
  constructor(target: string, needed: number) {
    this.target = target
    this.needed = needed
  }
  check = () => true
  async run(model: Model, real: Real): Promise<void> {
    const { target, needed } = this
    const risk = needed === 0 ? 'change' : 'destructive'
    const approvals = needed === 2 ? 2 : 1
    const plan = planOf({ target, risk, approvals, steps: [scaleStep(target)] })
    const expected = model.frozen ? 'FROZEN' : isBusy(model, { target, id: '' }) ? 'TARGET_BUSY' : null
    let made: Operation | null = null
    const got = await outcome(real, async (desk) => {
      made = await desk.propose(proposalOf(plan))
      return made
    })
    expect(got).toBe(expected ?? (needed === 0 ? 'planned' : 'awaiting'))
    if (expected === null && made !== null) {
      const { id, digest, state } = made as Operation
      const fresh = {
        over: false,
        cancelRequested: false,
        changes: 1,
        claim: null,
        approvedBy: new Set<string>(),
      }
      model.operations.push({ id, digest, target, risk, needed, state, ...fresh })
    }
    await agree(model)
  }
  toString = () => `propose(${this.target}, ${this.needed})`
}

class Confirm extends OnOne {
  readonly who: Person
  constructor(which: number, who: Person) {
    super(which)
    this.who = who
  }
  async on(operation: Followed, model: Model, real: Real): Promise<void> {
    const got = await outcome(real, (desk) => desk.confirm(operation.id, operation.digest, actor(this.who)))
    expect(got).toBe(this.expected(operation, model))
    if (got === 'approved') enter(operation, 'approved')
  }
  private expected(operation: Followed, model: Model): string {
    const { state, over } = operation
    if (state === 'awaiting') return this.who === REQUESTER ? 'SELF_APPROVAL' : 'BAD_ARGUMENT'
    if (state !== 'planned') return ALREADY(state)
    if (this.who !== REQUESTER) return 'NO_ROLE'
    if (over) return 'EXPIRED'
    if (model.frozen) return 'FROZEN'
    return isBusy(model, operation) ? 'TARGET_BUSY' : 'approved'
  }
  toString = () => `confirm(${this.which}, ${this.who})`
}

class Review extends OnOne {
  readonly who: Person
  readonly verdict: 'approve' | 'deny'
  readonly edited: boolean
  constructor(which: number, who: Person, verdict: 'approve' | 'deny', edited: boolean) {
    super(which)
    this.who = who
    this.verdict = verdict
    this.edited = edited
  }
  async on(operation: Followed, model: Model, real: Real): Promise<void> {
    const digest = this.edited ? 'f'.repeat(64) : operation.digest
    const got = await outcome(real, (desk) => desk[this.verdict](operation.id, digest, actor(this.who), null))
    expect(got).toBe(this.expected(operation, model))
    if (got === 'approved' || got === 'denied' || got === 'awaiting') {
      if (this.verdict === 'approve') operation.approvedBy.add(this.who)
      if (got !== 'awaiting') enter(operation, got)
    }
  }
  private expected(operation: Followed, model: Model): string {
    const { state, over, approvedBy, needed } = operation
    if (this.edited) return 'STALE_PLAN'
    if (state !== 'awaiting') return ALREADY(state)
    if (this.who === REQUESTER) return 'SELF_APPROVAL'
    if (approvedBy.has(this.who)) return 'ALREADY_DECIDED'
    if (over) return 'EXPIRED'
    if (!isAdmin(this.who)) return 'NO_ROLE'
    if (this.verdict === 'deny') return 'denied'
    if (model.frozen) return 'FROZEN'
    if (approvedBy.size + 1 < needed) return 'awaiting'
    return isBusy(model, operation) ? 'TARGET_BUSY' : 'approved'
  }
  toString = () => `${this.verdict}(${this.which}, ${this.who}${this.edited ? ', edited' : ''})`
}

class Cancel extends OnOne {
  readonly who: Person
  constructor(which: number, who: Person) {
    super(which)
    this.who = who
  }
  async on(operation: Followed, _model: Model, real: Real): Promise<void> {
    const got = await outcome(real, (desk) => desk.cancel(operation.id, actor(this.who)))
    expect(got).toBe(this.expected(operation))
    if (got === 'cancelled') enter(operation, 'cancelled')
    else if (got === operation.state) operation.cancelRequested = true
  }
  private expected({ state, cancelRequested }: Followed): string {
    if (isFinal(state) || state === 'needs-human') return ALREADY(state)
    if (this.who !== REQUESTER && !isAdmin(this.who)) return 'NO_ROLE'
    if (state === 'planned' || state === 'awaiting' || state === 'approved') return 'cancelled'
    return cancelRequested ? 'ALREADY_DECIDED' : state
  }
  toString = () => `cancel(${this.which}, ${this.who})`
}

/** Its time runs out; somebody may or may not look at the clock. */
class RunOut extends OnOne {
  async on(operation: Followed): Promise<void> {
    operation.over = true
    await opened.admin.query(
      `SET session_replication_role = replica;
       UPDATE operation SET expires_at = clock_timestamp() WHERE id = '${operation.id}';
       SET session_replication_role = DEFAULT`,
    )
  }
  toString = () => `runOut(${this.which})`
}

class LookAtTheClock implements fc.AsyncCommand<Model, Real> {
  check = () => true
  async run(model: Model): Promise<void> {
    await opened.store.engine.due(99)
    for (const operation of model.operations) {
      const { over, state } = operation
      if (over && (state === 'planned' || state === 'awaiting' || state === 'approved')) {
        enter(operation, 'expired')
      }
    }
    await agree(model)
  }
  toString = () => 'lookAtTheClock'
}

class ClaimNext implements fc.AsyncCommand<Model, Real> {
  check = () => true
  async run(model: Model): Promise<void> {
    const claim = await opened.store.engine.claim(60)
    const claimable = model.operations.filter(
      ({ state, over, claim: held }) =>
        held === null && ((state === 'approved' && !over) || state === 'running' || state === 'verifying'),
    )
    expect(claim === null).toBe(claimable.length === 0)
    const operation = claimable.find(({ id }) => id === claim?.operation.id)
    expect(operation?.id).toBe(claim?.operation.id)
    if (operation !== undefined) operation.claim = claim
    await agree(model)
  }
  toString = () => 'claim'
}

/** Where it goes when all goes well. */
const ONWARDS: readonly OperationState[] = ['running', 'verifying', 'succeeded']

/** The engine goes on with one that it has claimed, to a state that may follow. */
class Move implements fc.AsyncCommand<Model, Real> {
  readonly which: number
  readonly pick: number
  constructor(which: number, pick: number) {
    this.which = which
    this.pick = pick
  }
  check = ({ operations }: Readonly<Model>) => operations.some(({ claim }) => claim !== null)
  async run(model: Model): Promise<void> {
    const held = model.operations.filter(({ claim }) => claim !== null)
    const operation = held[this.which % held.length]
    if (operation === undefined || operation.claim === null) return
    const { claim, state, over } = operation
    const possible = TRANSITIONS[state].filter((to) => MOVES.includes(to))
    const onwards = possible.filter((to) => ONWARDS.includes(to))
    const next = [...onwards, ...onwards, ...onwards, ...possible]
    const to = next[this.pick % next.length]
    if (to === undefined) return
    const how = { says: null, code: null, messages: [] }
    if (to === 'running' && state === 'approved' && over) {
      await expect(opened.store.engine.move(claim, to, how)).rejects.toThrow('23514')
      return
    }
    expect(await opened.store.engine.move(claim, to, how)).toBe(true)
    enter(operation, to)
    await agree(model)
  }
  toString = () => `move(${this.which}, ${this.pick})`
}

/** Its worker goes away without a word. */
class Crash extends OnOne {
  async on(operation: Followed): Promise<void> {
    const { claim } = operation
    if (claim === null) return
    operation.claim = null
    await opened.admin.query(
      `UPDATE operation SET lease_until = clock_timestamp() - interval '1 ms' WHERE id = '${operation.id}'`,
    )
    expect(await opened.store.engine.renew(claim, 60)).toBeNull()
  }
  toString = () => `crash(${this.which})`
}

class Resolve extends OnOne {
  readonly who: Person
  constructor(which: number, who: Person) {
    super(which)
    this.who = who
  }
  async on(operation: Followed, _model: Model, real: Real): Promise<void> {
    const got = await outcome(real, (desk) => desk.resolve(operation.id, 'failed', actor(this.who), 'seen'))
    const expected =
      operation.state !== 'needs-human' ? ALREADY(operation.state) : isAdmin(this.who) ? 'failed' : 'NO_ROLE'
    expect(got).toBe(expected)
    if (got === 'failed') enter(operation, 'failed')
  }
  toString = () => `resolve(${this.which}, ${this.who})`
}

class Freeze implements fc.AsyncCommand<Model, Real> {
  readonly on: boolean
  constructor(on: boolean) {
    this.on = on
  }
  check = ({ frozen }: Readonly<Model>) => frozen !== this.on
  async run(model: Model, real: Real): Promise<void> {
    await real.at(async (desk) => {
      if (this.on) await desk.freeze(null, null, 'an incident', actor('UOWN'))
      else await desk.unfreeze(null, actor('UOWN'))
    })
    model.frozen = this.on
  }
  toString = () => (this.on ? 'freeze' : 'unfreeze')
}

const which = fc.nat(5)
const who = fc.constantFrom(...(Object.keys(PEOPLE) as Person[]))
const admin = fc.constantFrom<Person>('UANA', 'UCARL')
const needed = fc.constantFrom(0, 1, 1, 2)
const MOVES: readonly OperationState[] = [
  'running',
  'verifying',
  'succeeded',
  'failed',
  'needs-human',
  'stale',
  'revoked',
]
/** So often as the number says: a script that only ends things would never get far. */
const often = <Value>(times: number, arbitrary: fc.Arbitrary<Value>) =>
  Array.from({ length: times }, () => arbitrary)
const commands = [
  ...often(
    3,
    fc.tuple(fc.constantFrom(...TARGETS), needed).map(([target, count]) => new Propose(target, count)),
  ),
  ...often(
    4,
    which.map((n) => new Confirm(n, REQUESTER)),
  ),
  ...often(
    4,
    fc.tuple(which, admin).map(([n, one]) => new Review(n, one, 'approve', false)),
  ),
  ...often(5, fc.constant(new ClaimNext())),
  ...often(
    9,
    fc.tuple(which, fc.nat(11)).map(([n, pick]) => new Move(n, pick)),
  ),
  ...often(
    2,
    fc.constantFrom(true, false, false).map((on) => new Freeze(on)),
  ),
  which.map((n) => new Confirm(n, 'UANA')),
  fc
    .tuple(which, who, fc.constantFrom('approve', 'deny'), fc.boolean())
    .map(([n, one, verdict, edited]) => new Review(n, one, verdict as 'approve' | 'deny', edited)),
  fc.tuple(which, who).map(([n, one]) => new Cancel(n, one)),
  which.map((n) => new RunOut(n)),
  fc.constant(new LookAtTheClock()),
  which.map((n) => new Crash(n)),
  fc.tuple(which, who).map(([n, one]) => new Resolve(n, one)),
]

describe('an operation', () => {
  it('goes the way that people would expect, whatever is done to it in whatever order', async () => {
    const seen = new Set<OperationState>()
    await fc.assert(
      fc.asyncProperty(fc.commands([...commands], { maxCommands: 50, size: 'max' }), async (script) => {
        await opened.reset()
        await seedPeople(opened)
        const model: Model = { operations: [], frozen: false }
        await fc.asyncModelRun(() => ({ model, real: { at } }), script)
        for (const { state } of model.operations) seen.add(state)
      }),
      { numRuns: 60, seed: 20_261_123 },
    )
    // The scripts reach the ends that people cause, and those that only the engine causes.
    expect([...FINAL_STATES].filter((state) => !seen.has(state))).toEqual([])
  }, 240_000)
})
