import { z } from 'zod'
import { UserError } from '../../../src/core/errors.ts'
import type { ReadPorts } from '../../../src/core/ports/index.ts'
import type { FluxFacts } from '../../../src/core/ports/workloads.ts'
import { objectName } from '../../../src/core/steps.ts'
import { either, nearest } from '../../../src/core/suggest.ts'
import { fluxName } from './names.ts'
import { workloadsOf } from './target.ts'

/** What the commands on one of Flux's own objects take. */
export const FLUX_OBJECT = {
  name: fluxName,
  kind: z
    .enum(['Kustomization', 'HelmRelease'])
    .optional()
    .describe('which of the two, where both have that name'),
}

export interface FluxObject {
  readonly name: string
  readonly kind?: 'Kustomization' | 'HelmRelease' | undefined
}

/** The object that is meant. Throws `UserError` where there is none, or more than one, with lines of the command that work. */
export async function readFlux(
  { name, kind }: FluxObject,
  ports: ReadPorts,
  signal: AbortSignal,
  command: string,
): Promise<FluxFacts> {
  const all = await workloadsOf(ports).flux(signal)
  const matching = all.filter(
    ({ ref }) => [ref.name, `${ref.namespace}/${ref.name}`].includes(name) && (kind ?? ref.kind) === ref.kind,
  )
  const [only] = matching
  if (only !== undefined && matching.length === 1) return only
  if (matching.length > 1) {
    const found = matching.map(({ ref }) => `${ref.kind} ${ref.namespace}/${ref.name}`)
    throw new UserError(
      'BAD_ARGUMENT',
      `“${name}” can be ${either(found)}. Say which with --kind or its namespace.`,
      {
        suggestions: matching.map(({ ref }) => `${command} ${ref.namespace}/${ref.name} --kind ${ref.kind}`),
      },
    )
  }
  const names = all.map(({ ref }) => ref.name)
  const near = nearest(name, names)
  const known =
    all.length === 0
      ? 'Flux manages nothing here'
      : `There are ${all
          .slice(0, 5)
          .map(({ ref }) => objectName(ref))
          .join(', ')}`
  throw new UserError(
    'BAD_ARGUMENT',
    `Flux has nothing called “${name}”. ${near.length > 0 ? `The nearest: ${either(near)}` : known}.`,
    { suggestions: near.map((one) => `${command} ${one}`) },
  )
}
