import { z } from 'zod'
import { actions, code, commandButton, context, section, text } from '../src/blocks/builders.ts'
import type { Block, Button } from '../src/blocks/types.ts'
import type { Decision } from '../src/core/access.ts'
import type { Ask } from '../src/core/ask.ts'
import { defineQuery } from '../src/core/command.ts'
import { understandKubectl } from '../src/core/kubectl-lines.ts'
import type { Meaning } from '../src/core/kubectl-meaning.ts'
import type { ReadPorts } from '../src/core/ports/index.ts'
import { planBlocks } from '../src/views/operations/plan.ts'
import { askButton } from '../src/views/refusal.ts'
import { type Foreseen, foresee } from './shared/changes/foresee.ts'

interface KubectlFacts {
  /** Null: it is no line that is known. */
  readonly meaning: Meaning | null
  /** What Bakery's own line would do; null: there is none, or it has to be completed first. */
  readonly foreseen: Foreseen | null
}

export const kubectl = defineQuery({
  name: 'kubectl',
  summary: 'Explain a pasted kubectl line: what it would do, and how it is done here.',
  examples: [
    'kubectl rollout restart deployment/orders-service -n bakery-ia',
    'kubectl scale deployment orders-service -n bakery-ia --replicas=5',
  ],
  args: z.object({
    line: z.string().trim().min(1).max(1000).describe('the line as it was, with or without the word kubectl'),
  }),
  positional: ['line'],
  verbatim: true,
  family: 'cluster',
  role: 'viewer',

  async read({ line }, ports, ask, signal): Promise<KubectlFacts> {
    const meaning = understandKubectl(line, ports.platform.namespace)
    return { meaning, foreseen: await foreseenOf(meaning, ports, ask, signal) }
  },

  render({ meaning, foreseen }) {
    return {
      kind: 'help',
      audience: 'requester',
      text: summaryOf(meaning),
      blocks: [
        ...(meaning === null ? [section(UNKNOWN)] : meaningBlocks(meaning)),
        ...(foreseen === null ? [] : foreseenBlocks(foreseen)),
        ...actions(...buttons(meaning, foreseen)),
        context('Bakery runs no kubectl. Nothing was done.'),
      ],
    }
  },
})

/** The line itself where it would do something, what works where it would not, and whom to ask where it is not this person's. */
function buttons(meaning: Meaning | null, foreseen: Foreseen | null): readonly Button[] {
  if (meaning === null || meaning.line === null || foreseen === null) return []
  const { decision, planned, problem, instead } = foreseen
  if (decision.decision === 'refused') {
    return decision.code === 'NO_ROLE' && decision.holders.length > 0 ? [askButton(meaning.line)] : []
  }
  const does = problem === null && (planned === null || planned.plan.steps.length > 0)
  return (does ? [meaning.line] : instead).map((line) =>
    commandButton({ action: 'run', label: line, line, accessibilityLabel: `Run bakery ${line}` }),
  )
}

const UNKNOWN =
  'This is no kubectl line that Bakery knows. It understands what the operations guide uses: get, top, logs, describe, rollout, scale, delete pod, cordon, drain, edit hpa, exec, apply and their kin. “help” shows what can be done here.'

function summaryOf(meaning: Meaning | null): string {
  if (meaning === null) return 'This is no kubectl line that Bakery knows. Nothing was done.'
  if (meaning.line === null) return `Bakery does not do this. ${meaning.would}. Nothing was done.`
  return `In Bakery this is: ${meaning.line}. Nothing was done.`
}

async function foreseenOf(
  meaning: Meaning | null,
  ports: ReadPorts,
  ask: Ask,
  signal: AbortSignal,
): Promise<Foreseen | null> {
  if (meaning === null || meaning.line === null || meaning.placeholder !== null) return null
  return foresee(meaning.line, ask, ports, signal)
}

function meaningBlocks({ line, placeholder, would, differs }: Meaning): readonly Block[] {
  return [
    section(text`${would}.`),
    line === null
      ? section(text`*In Bakery*: ${differs ?? 'there is no command for it.'}`)
      : section(text`*In Bakery*: ${code(line)}${differs === null ? '' : text`\n${differs}`}`),
    ...(placeholder === null ? [] : [context(`Put what is meant in the place of <${placeholder}>.`)]),
  ]
}

function foreseenBlocks({ decision, planned, problem }: Foreseen): readonly Block[] {
  if (decision.decision === 'refused') return [section(notYours(decision))]
  if (problem !== null) return [section(problem)]
  return planned === null ? [] : planBlocks({ plan: planned.plan })
}

function notYours({ message }: Extract<Decision, { decision: 'refused' }>): string {
  return `You may not do this here. ${message}`
}
