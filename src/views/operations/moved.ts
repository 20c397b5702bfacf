import type { Plan } from '../../core/plan.ts'
import { objectName } from '../../core/steps.ts'

type Compared = Pick<Plan, 'headline' | 'warnings' | 'steps'>

/** In what a plan differs from the one that was shown: the first of its headline, its warnings and its objects. */
export function movedSentence(shown: Compared, now: Compared): string {
  if (now.headline !== shown.headline) return `Now it would be: ${now.headline}.`
  const [come] = now.warnings.filter(({ code }) => !shown.warnings.some((one) => one.code === code))
  if (come !== undefined) return `What is new: ${come.text}`
  const [gone] = shown.warnings.filter(({ code }) => !now.warnings.some((one) => one.code === code))
  if (gone !== undefined) return `What does not hold any more: ${gone.text}`
  const names = now.steps
    .filter((step, index) => JSON.stringify(step) !== JSON.stringify(shown.steps[index]))
    .map(({ ref }) => objectName(ref))
  if (names.length === 0) return ''
  return `Somebody changed or replaced ${[...new Set(names)].slice(0, 5).join(', ')} meanwhile.`
}
