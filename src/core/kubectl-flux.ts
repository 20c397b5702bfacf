import { does, type Meaning, never } from './kubectl-meaning.ts'
import { named } from './kubectl-names.ts'
import type { KubectlWords } from './kubectl-words.ts'

/** The same for Flux's own program, as far as it acts. */
export function fluxMeaning({ words }: KubectlWords): Meaning | null {
  const [verb = '', kind = '', ...rest] = words
  const target = named(/^(source|kustomization|ks|helmrelease|hr)$/.test(kind) ? [...rest] : [kind], 'flux')
  const inFlux = (meaning: Meaning): Meaning => ({
    ...meaning,
    would: meaning.would.replace(/^kubectl/, 'flux'),
    everywhere: true,
  })
  switch (verb) {
    case 'suspend':
      return inFlux(
        does(
          `flux suspend ${target.word}`,
          target,
          `hold ${target.said} until somebody thinks of resuming it`,
          'Bakery resumes it by itself when the time is over.',
        ),
      )
    case 'resume':
      return inFlux(does(`flux resume ${target.word}`, target, `let ${target.said} go on`))
    case 'reconcile':
      return inFlux(does(`flux reconcile ${target.word}`, target, `have ${target.said} look at git now`))
    default:
      return never(
        `flux ${verb.slice(0, 20).replace(/[^\w-]/g, '')} would ask Flux about itself`.replace(
          'flux  ',
          'flux ',
        ),
        'Bakery suspends, resumes and reconciles. What Flux cannot apply is among the alerts.',
      )
  }
}
