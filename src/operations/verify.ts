import type { OperationStep } from '../core/operation.ts'
import { lockKeys, objectName } from '../core/steps.ts'
import type { EngineContext } from './context.ts'
import { ownerOf, stepOf } from './current.ts'
import { end, needsHuman } from './ending.ts'
import type { Hold } from './hold.ts'
import { look } from './look.ts'
import { progressOf } from './steps/index.ts'

/** How long something that stood may take to stand again: a pod that is just replaced. */
const SECONDS = 120

/** Reads back everything that was done: it has succeeded only when the API server says that all of it stands. */
export async function verify(context: EngineContext, hold: Hold): Promise<void> {
  if (hold.operation.state !== 'verifying') await hold.move('verifying', null)
  const proofs: string[] = []
  for (const { n, step } of lasting(hold.operation.steps)) {
    const proof = await prove(context, hold, n)
    if (proof === null) return
    proofs.push(`${objectName(step.ref)}: ${proof}`)
  }
  await hold.move(
    'succeeded',
    proofs.length === 0 ? 'There was nothing left to do.' : `${proofs.join('; ')}.`,
  )
}

/** A step that a later one of the same operation takes back, or repeats, proves nothing at the end. */
function lasting(steps: readonly OperationStep[]): readonly OperationStep[] {
  const keyOf = ({ step }: OperationStep) => `${step.kind} ${lockKeys([step]).join()}`
  return steps.filter(
    (one, place) =>
      one.state === 'done' && !steps.slice(place + 1).some((later) => keyOf(later) === keyOf(one)),
  )
}

/** What proves the step; null: it does not stand, and the operation has ended. */
async function prove(context: EngineContext, hold: Hold, n: number): Promise<string | null> {
  const started = performance.now()
  const over = () => performance.now() - started > SECONDS * 1000
  let says = 'the cluster could not be asked'
  for (;;) {
    const scene = await look(context, hold, n, 'during', over)
    if (scene === null) {
      await needsHuman(hold, n, 'the cluster cannot be asked whether it stands')
      return null
    }
    const { step } = stepOf(hold, n)
    const progress = progressOf(step, scene, ownerOf(hold, n))
    says = progress.says
    if (progress.state === 'done') return says
    if (progress.state === 'failed' || over()) {
      await end(hold, 'failed', `${objectName(step.ref)} does not stand any more: ${says}.`)
      return null
    }
    await hold.wait(context.timing.pollMs)
  }
}
