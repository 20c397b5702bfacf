import { count, duration as inWords } from '../../../src/blocks/builders.ts'
import type { Warning } from '../../../src/core/plan.ts'
import { connectionsSentence, isStateful, type Target } from './target.ts'
import { replacementWarnings } from './warnings.ts'

/** So many different sentences of one kind are read; what else there is of it is counted. */
const MOST_SENTENCES = 8

interface Said extends Warning {
  readonly name: string
}

/** What goes for replacing the pods of several workloads: one warning a code, each thing said once with all whom it is about. */
export function severalReplaced(targets: readonly Target[]): readonly Warning[] {
  const said = targets.flatMap((target) =>
    replacementWarnings(target).map((one): Said => ({ ...one, name: target.workload.ref.name })),
  )
  const codes = [...new Set(said.map(({ code }) => code))]
  return codes.map((code) => ({
    code,
    text:
      code === 'CUTS_CONNECTIONS'
        ? severalCut(targets.filter(isStateful))
        : folded(said.filter((one) => one.code === code)),
  }))
}

/** Sentences that differ in nothing but the workload's name are one sentence and the other names. */
function folded(said: readonly Said[]): string {
  const alike = Map.groupBy(said, ({ text, name }) => text.replaceAll(name, '\0'))
  const sentences = [...alike.values()].map(([first, ...others]) =>
    others.length === 0 || first?.text === others[0]?.text
      ? first?.text
      : `${first?.text} The same goes for ${others.map(({ name }) => name).join(', ')}.`,
  )
  const left = sentences.length - MOST_SENTENCES
  return [...sentences.slice(0, MOST_SENTENCES), ...(left > 0 ? [`And ${left} more like that.`] : [])].join(
    ' ',
  )
}

function severalCut(targets: readonly Target[]): string {
  const [only, ...others] = targets
  if (only !== undefined && others.length === 0) return connectionsSentence(only) ?? ''
  const users = [...new Set(targets.flatMap(({ clients }) => clients))]
  return [
    `Every connection is cut, one workload after the other: ${targets.map(counted).join(', ')}.`,
    openIn(targets),
    ...(users.length === 0 ? [] : [`These use them: ${users.join(', ')}.`]),
  ].join(' ')
}

function counted({ workload, database }: Target): string {
  const { name } = workload.ref
  if (database === null) return name
  return `${name} (${'problem' in database ? 'not known how many' : database.connections})`
}

function openIn(targets: readonly Target[]): string {
  const open = targets.flatMap(({ workload, database }) =>
    database === null || 'problem' in database
      ? []
      : database.longTransactions.map(({ seconds }) => ({ seconds, name: workload.ref.name })),
  )
  const [longest] = open.toSorted((a, b) => b.seconds - a.seconds)
  if (longest === undefined) return 'None of them is known to have been in a transaction for long.'
  const are = count(open.length, 'transaction is', 'transactions are')
  return `${are} open and will be rolled back, the longest for ${inWords(longest.seconds)} in ${longest.name}.`
}
