import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differenceLines, fullPaths, shownPlan } from '../../src/blocks/plan.ts'

const change = (what: string, was: string | null, becomes: string | null) => ({ what, was, becomes })
const plan = { headline: 'Scale orders-service', warnings: [], steps: [1] }

describe('what differs', () => {
  it('stands under its object, by its last words, on one line where a phone has room', () => {
    const lines = differenceLines(
      [
        change('Deployment/orders-service spec.replicas', '2', '3'),
        change(
          'Deployment/orders-service spec.template.spec.containers[app].resources.limits.cpu',
          null,
          '1',
        ),
        change(
          'Deployment/orders-service spec.template.metadata.annotations.example.org/restartedAt',
          null,
          '21:25:53Z',
        ),
        change('Kustomization/bakery-ia spec.suspend', null, 'true'),
      ],
      9,
    )
    expect(lines).toEqual([
      'Deployment/orders-service',
      '  replicas: 2 → 3',
      '  app resources.limits.cpu: – → 1',
      '  restartedAt: – → 21:25:53Z',
      'Kustomization/bakery-ia',
      '  suspend: – → true',
    ])
  })

  it('stands on two lines where it is long, and what was counted out is said', () => {
    const long = 'registry.example.org/bakery/orders-service:1.4.2'
    expect(differenceLines([change('container app', long, 'next'), change('x', '1', '2')], 1)).toEqual([
      ...['container app', `- ${long}`, '+ next', '… and 1 more'],
    ])
  })

  it('keeps the whole path of two fields that would be called the same', () => {
    const labels = ['metadata.labels.app', 'spec.template.metadata.labels.app']
    const lines = differenceLines(
      labels.map((path) => change(`Deployment/orders-service ${path}`, 'a', 'b')),
      9,
    )
    expect(lines).toEqual(['Deployment/orders-service', ...labels.map((path) => `  ${path}: a → b`)])
  })

  it('can be named as the API server does', () => {
    const differences = [
      change('Deployment/a spec.replicas', '1', '2'),
      change('container app', 'x', 'y'),
      change('Deployment/b spec.paused', null, 'true'),
    ]
    expect(fullPaths(differences, 1)).toEqual(['Deployment/a spec.replicas', '… and 1 more'])
  })

  it('never loses a value, whatever fields are called', () => {
    const word = fc.stringMatching(/^[a-z.[\]/ -]{1,30}$/)
    fc.assert(
      fc.property(fc.array(fc.tuple(word, fc.nat(), fc.nat()), { maxLength: 12 }), (fields) => {
        const lines = differenceLines(
          fields.map(([what, was, becomes]) => change(what, `<${was}>`, `(${becomes})`)),
          12,
        ).join('\n')
        for (const [, was, becomes] of fields) {
          expect(lines).toContain(`<${was}>`)
          expect(lines).toContain(`(${becomes})`)
        }
      }),
    )
  })
})

describe('a plan that is shown', () => {
  it('says a warning as a sentence, with its code behind it', () => {
    const warnings = [{ code: 'QUOTA', text: 'There is no room.' }]
    expect(JSON.stringify(shownPlan({ ...plan, warnings }))).toContain('⚠ There is no room. `QUOTA`')
  })

  it('does not repeat from the dry run what the command has said', () => {
    const shown = JSON.stringify(
      shownPlan({
        ...plan,
        differences: [change('replicas', '2', '3')],
        rehearsed: [
          change('Deployment/orders-service spec.replicas', '2', '3'),
          change('Deployment/orders-service spec.minReadySeconds', null, '5'),
        ],
      }),
    )
    expect(shown).toContain('minReadySeconds')
    expect(shown).not.toContain('  replicas')
  })
})
