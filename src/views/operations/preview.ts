import {
  actions,
  bold,
  commandButton,
  context,
  header,
  localTime,
  operationButton,
  plain,
  preformatted,
  section,
  text,
} from '../../blocks/builders.ts'
import { LIMITS } from '../../blocks/limits.ts'
import { bullets, differenceLines } from '../../blocks/plan.ts'
import type { Button, Option, StaticSelect } from '../../blocks/types.ts'
import type { Answer } from '../../core/answer.ts'
import type { Operation } from '../../core/operation.ts'
import type { Choice, Plan } from '../../core/plan.ts'
import type { Planned } from '../../core/ports/planner.ts'
import { planBlocks } from './plan.ts'

const MOST = { instead: 4, choices: 15, differences: 6 }

/** What a change would do, for whoever asked: they confirm it or let it be. */
export function preview(facts: { operation: Operation; planned: Planned; zone: string }): Answer {
  const { operation, planned, zone } = facts
  const { plan } = planned
  const until = localTime(new Date(operation.expiresAt), zone)
  return {
    kind: 'preview',
    audience: 'requester',
    text: `Preview, nothing is done yet: ${plan.headline}.${warned(plan)}`,
    blocks: [
      header('Preview'),
      ...planBlocks(planned),
      ...actions(
        operationButton({
          ...{ action: 'confirm', label: 'Do it', operation, style: 'primary' },
          says: `Do it: ${plan.headline}`,
        }),
        operationButton({ action: 'cancel', label: 'Leave it', operation, says: `Do not: ${plan.headline}` }),
        ...insteadButtons(plan),
      ),
      context(
        text`Nothing is done yet. It can be confirmed until ${until}. Operation ${operation.id}.${undoing(operation)}`,
      ),
    ],
  }
}

function undoing({ confirmWithinSeconds }: Operation): string {
  if (confirmWithinSeconds === null) return ''
  return ` It undoes itself unless somebody confirms within ${Math.round(confirmWithinSeconds / 60)} min after it is done.`
}

function insteadButtons({ instead = [] }: Plan): readonly Button[] {
  return instead.slice(0, MOST.instead).map((line) =>
    commandButton({
      action: 'run',
      label: labelOf(line),
      line,
      accessibilityLabel: `Instead: bakery ${line}`,
    }),
  )
}

/** What a flag at the end of the line adds; any other line says it best itself. */
function labelOf(line: string): string {
  if (line.endsWith(' --exempt')) return 'Exempt it from Flux too'
  if (line.endsWith(' --with-databases')) return 'Databases too'
  const [, span] = / --suspend-flux (\w+)$/.exec(line) ?? []
  return span === undefined ? line : `Suspend Flux too, for ${span}`
}

function warned({ warnings }: Plan): string {
  const codes = [...new Set(warnings.map(({ code }) => code))]
  return codes.length === 0 ? '' : ` It warns of ${codes.join(', ')}.`
}

/** There is nothing to do: everything is as it was asked for. */
export function unchanged({ planned }: { planned: Planned }): Answer {
  const { headline, facts = [] } = planned.plan
  const sentence = `${headline}. Nothing has to be done.`
  return {
    kind: 'result',
    audience: 'requester',
    text: sentence,
    blocks: [
      section(sentence),
      ...(facts.length > 0 ? [section(bullets(facts))] : []),
      ...actions(...insteadButtons(planned.plan)),
    ],
  }
}

/** Something has to be chosen first: what each choice would change, and a menu of them. */
export function choice({ planned }: { planned: Planned }): Answer {
  const { headline, choices = [], facts = [] } = planned.plan
  const shown = choices.slice(0, MOST.choices)
  const left = choices.length - shown.length
  return {
    kind: 'preview',
    audience: 'requester',
    text: `${headline} Choose one of ${shown.length}; nothing is done yet.`,
    blocks: [
      section(bold(headline)),
      ...(facts.length > 0 ? [section(bullets(facts))] : []),
      ...shown.flatMap(({ label, differences }) => [
        section(text`*${label}*${differences.length === 0 ? ': the same as what runs' : ''}`),
        ...(differences.length === 0 ? [] : [preformatted(differenceLines(differences, MOST.differences))]),
      ]),
      ...actions(picker(shown)),
      context(`Choosing one shows its preview.${left > 0 ? ` ${left} older ones are not shown.` : ''}`),
    ],
  }
}

function picker(choices: readonly Choice[]): StaticSelect {
  return {
    type: 'static_select',
    action_id: 'run',
    placeholder: plain('Choose one', LIMITS.placeholder),
    options: choices.map(optionOf),
  }
}

function optionOf({ line, label, differences }: Choice): Option {
  const [first] = differences
  const said =
    first === undefined ? 'the same as what runs' : `${first.what}: ${first.becomes ?? 'taken away'}`
  return {
    text: plain(label, LIMITS.optionText),
    value: `line:${line.toWellFormed()}`,
    description: plain(said, LIMITS.optionDescription),
  }
}
