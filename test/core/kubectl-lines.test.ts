import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commands } from '../../commands/index.ts'
import { UserError } from '../../src/core/errors.ts'
import { understandKubectl } from '../../src/core/kubectl-lines.ts'
import { createRegistry } from '../../src/core/registry.ts'
import { CORPUS, hostileText, seedOf } from '../support/hostile.ts'
import { examplePlatform } from '../support/platform.ts'
import { GUIDE_LINES } from './kubectl-guide-lines.ts'

const registry = createRegistry(commands, examplePlatform(), ['morning-health'])
const understand = (line: string) => understandKubectl(line, 'bakery-ia')

describe('the kubectl lines of the operations guide', () => {
  it.each(GUIDE_LINES)('%s', (line, command) => {
    const meaning = understand(line)
    expect(meaning?.line ?? null).toBe(command)
    expect(meaning?.would).toMatch(/^kubectl /)
    if (command === null) expect(meaning?.differs).toMatch(/^\S.*\.$/)
  })

  const whole = GUIDE_LINES.flatMap(([, command]) =>
    command === null || command.includes('<') ? [] : [command],
  )
  it.each([...new Set(whole)])('is a command that there is: %s', (command) => {
    expect(registry.resolve(command).line).toBe(registry.resolve(command).line)
  })

  it('names no service that stands for another: a placeholder is kept and said', () => {
    expect(understand('kubectl rollout undo deployment/SERVICE_NAME -n bakery-ia')).toMatchObject({
      line: 'rollback <SERVICE_NAME> --to 0',
      placeholder: 'SERVICE_NAME',
    })
  })
})

describe('a pasted line', () => {
  it.each([
    ['rollout restart deployment/orders-service', 'restart orders-service'],
    ['$ kubectl rollout restart deploy orders-service', 'restart orders-service'],
    ['sudo kubectl rollout restart sts/auth-db', 'restart auth-db'],
    ['kubectl rollout undo deployment/orders-service --to-revision=6', 'rollback orders-service --to 6'],
    ['kubectl rollout pause deployment orders-service', 'rollout pause orders-service'],
    ['kubectl drain node-2 --ignore-daemonsets --delete-emptydir-data', 'node drain node-2 --lose-data'],
    ['kubectl drain node/node-2 --force', 'node drain node-2 --force'],
    ['kubectl cordon node-2', 'node cordon node-2'],
    ['kubectl autoscale deployment orders-service --min=1 --max=5', 'hpa orders-service --min 1 --max 5'],
    ['kubectl logs orders-service-7d9f8b6c5-abcde --previous', 'logs orders-service --previous'],
    ['kubectl delete pod/orders-service-7d9f8b6c5-abcde', 'pod delete orders-service-7d9f8b6c5-abcde'],
    ['flux suspend kustomization bakery-ia', 'flux suspend bakery-ia'],
    ['flux reconcile kustomization bakery-ia --with-source', 'flux reconcile bakery-ia'],
    ['flux check', null],
    ['kubectl -n bakery-ia rollout restart deployment orders-service', 'restart orders-service'],
    ['kubectl rollout restart deployment orders-service -n other', null],
    ['kubectl delete deployment orders-service', null],
    ['kubectl delete pvc --all', null],
    ['kubectl exec -it auth-db-0 -- bash', null],
    ['kubectl exec auth-db-0 -- psql -c "DROP DATABASE auth"', null],
    ['kubectl exec auth-db-0 -- psql < dump.sql', null],
    ['kubectl edit deployment orders-service', null],
  ])('%s is %s', (line, command) => {
    expect(understand(line)?.line ?? null).toBe(command)
  })

  it.each(['', '   ', 'ls -la', 'kubectl', 'kubectl krew install x', '"', 'x'.repeat(3000)])(
    'that is none is told so: %#',
    (line) => {
      expect(understand(line)).toBeNull()
    },
  )

  it('takes what comes after an operator for no argument', () => {
    expect(
      understand('kubectl scale deploy orders-service --replicas=2; kubectl delete ns bakery-ia')?.line,
    ).toBe('scale orders-service 2')
    expect(understand('kubectl rollout restart deploy/orders-service && reboot')?.line).toBe(
      'restart orders-service',
    )
  })

  it('gives a line of Bakery’s that names one command and nothing else, whatever is pasted', () => {
    const verbs = GUIDE_LINES.map(([line]) => line)
    const mixed = fc.oneof(
      hostileText,
      fc.tuple(fc.constantFrom(...verbs), hostileText).map(([line, text]) => `${line} ${text}`),
      fc
        .tuple(
          fc.constantFrom('rollout restart', 'scale', 'delete pod', 'logs', 'drain', 'edit hpa'),
          hostileText,
        )
        .map(([verb, text]) => `kubectl ${verb} ${text}`),
      fc.constantFrom(...CORPUS.map((text) => `kubectl logs deploy/x | grep ${text}`)),
    )
    fc.assert(
      fc.property(mixed, (line) => {
        const meaning = understand(line)
        if (meaning === null || meaning.line === null || meaning.placeholder !== null) return
        try {
          const { command } = registry.resolve(meaning.line)
          expect(meaning.line.startsWith(command.name)).toBe(true)
          expect(['menu', 'roles grant', 'channel bind', 'share']).not.toContain(command.name)
        } catch (thrown) {
          // A service that there is none of, or a number that is too large: a refusal with a sentence.
          expect(thrown).toBeInstanceOf(UserError)
        }
      }),
      { numRuns: 2000, seed: seedOf('pasted lines') },
    )
  })
})
