import type { Answer } from '../../src/core/answer.ts'
import type { Ask } from '../../src/core/ask.ts'
import type { Query, QueryOutcome } from '../../src/core/command.ts'
import type { ReadPorts, SystemPorts } from '../../src/core/ports/index.ts'
import type { JobReader } from '../../src/core/ports/jobs.ts'
import { createHealth } from '../../src/health/report.ts'
import { NOW, ports } from './fixtures.ts'

const ASK: Ask = {
  ref: 'ABCDEFGH',
  surface: 'slash',
  actor: { team: 'T0', user: 'U0ANA', person: 'ana', kind: 'member' },
  channel: 'C0OPS',
  role: 'viewer',
  at: NOW,
}

const unused = () => {
  throw new Error('not asked in this test')
}

export const noJobs: JobReader = { states: async () => [], runs: async () => [] }

export function readPorts(changes: Partial<SystemPorts> = {}, jobs: JobReader = noJobs): ReadPorts {
  const systems = ports(changes)
  return {
    ...systems,
    health: createHealth(systems, undefined, { deadlineMs: 200 }),
    jobs,
    access: { snapshot: unused },
    audit: { search: unused },
    registry: { commands: unused, decide: unused, resolve: unused, format: unused },
    operations: { find: unused, list: unused, freezes: unused, overrides: unused },
    attestation: { attest: unused },
    planner: { plan: unused, undo: unused },
  }
}

export function run(query: Query, args: object, changes: Partial<SystemPorts> = {}): Promise<QueryOutcome> {
  return query.run(query.args.parse(args), readPorts(changes), ASK, new AbortController().signal)
}

/** An answer with everything in its thread. */
export function messages(answer: Answer): readonly Answer[] {
  return [answer, ...(answer.thread ?? []).flatMap(messages)]
}

/** Every text that Slack would read as its own markup. */
export function markupOf(answer: Answer): string {
  const found: string[] = []
  JSON.stringify(
    messages(answer).map(({ blocks }) => blocks),
    (_key, value: unknown) => {
      if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'mrkdwn') {
        if ('text' in value && typeof value.text === 'string') found.push(value.text)
      }
      return value
    },
  )
  return found.join('\n')
}

/** Lines in a fixed-width font. */
export function fixedLines(answer: Answer): readonly string[] {
  return messages(answer).flatMap(({ blocks }) =>
    blocks.flatMap((block) =>
      block.type === 'rich_text'
        ? block.elements.flatMap(({ elements }) => elements.flatMap(({ text }) => text.split('\n')))
        : [],
    ),
  )
}

/** What each button does. */
export function buttonLines(answer: Answer): readonly string[] {
  return messages(answer).flatMap(({ blocks }) =>
    blocks.flatMap((block) => {
      const elements =
        block.type === 'actions'
          ? block.elements
          : block.type === 'section' && block.accessory
            ? [block.accessory]
            : []
      return elements.flatMap((element) =>
        element.type === 'button' && element.value
          ? [`${element.action_id}: ${element.value.replace('line:', '')}`]
          : [],
      )
    }),
  )
}
