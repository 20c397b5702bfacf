import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

const BASE = resolve(import.meta.dirname, '../../deploy/base')

const objectSchema = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
})
const containerSchema = z.looseObject({
  name: z.string(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).default([]),
  securityContext: z.unknown(),
  resources: z.looseObject({ limits: z.looseObject({ memory: z.string() }) }),
})
const podSchema = z.looseObject({
  securityContext: z.unknown(),
  automountServiceAccountToken: z.boolean(),
  containers: z.array(containerSchema),
  volumes: z.array(z.looseObject({})).default([]),
})

const objects = readdirSync(BASE)
  .filter((name) => name !== 'kustomization.yaml')
  .flatMap((name) => parseAllDocuments(readFileSync(join(BASE, name), 'utf8')))
  .map((document) => objectSchema.parse(document.toJS()))

function podOf(kind: string): z.infer<typeof podSchema> {
  const found = objects.find((object) => object.kind === kind)
  const withTemplate = z.looseObject({
    spec: z.looseObject({ template: z.looseObject({ spec: podSchema }) }),
  })
  return withTemplate.parse(found).spec.template.spec
}

describe('deploy/base', () => {
  it('lists every file of its folder', () => {
    const text = readFileSync(join(BASE, 'kustomization.yaml'), 'utf8')
    for (const name of readdirSync(BASE)) {
      if (name !== 'kustomization.yaml') expect(text).toContain(`- ${name}\n`)
    }
  })

  it('holds no secret', () => {
    expect(objects.map(({ kind }) => kind)).not.toContain('Secret')
    for (const { env } of [...podOf('Deployment').containers, ...podOf('Job').containers]) {
      const literal = env.filter(({ value }) => value !== undefined).map(({ name }) => name)
      expect(literal.filter((name) => /TOKEN|SECRET|PASSWORD|URL/.test(name))).toEqual([])
    }
  })

  it.each(['Deployment', 'Job'])('runs its %s as nobody, on a file system that cannot be written', (kind) => {
    const pod = podOf(kind)
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    })
    expect(pod.automountServiceAccountToken).toBe(false)
    for (const { securityContext } of pod.containers) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
    }
  })

  it('runs two replicas that a drain takes one by one, with time to hand over', () => {
    expect(objects.find(({ kind }) => kind === 'Deployment')).toMatchObject({
      spec: { replicas: 2, template: { spec: { terminationGracePeriodSeconds: 30 } } },
    })
    expect(objects.find(({ kind }) => kind === 'PodDisruptionBudget')).toMatchObject({
      spec: { maxUnavailable: 1 },
    })
  })

  it('asks /livez whether it lives and /readyz whether it is ready', () => {
    expect(podOf('Deployment').containers[0]).toMatchObject({
      livenessProbe: { httpGet: { path: '/livez', port: 'http' } },
      readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
    })
  })

  it('gives the running bot a token that is renewed, and never the database owner’s address', () => {
    const { volumes, containers } = podOf('Deployment')
    const tokens = volumes.flatMap(({ projected }) => (projected === undefined ? [] : [projected]))
    expect(tokens).toMatchObject([
      {
        sources: [
          { serviceAccountToken: { expirationSeconds: 3600 } },
          { configMap: {} },
          { downwardAPI: {} },
        ],
      },
    ])
    expect(containers[0]?.env.map(({ name }) => name)).not.toContain('DATABASE_ADMIN_URL')
    expect(podOf('Job').containers[0]?.env.map(({ name }) => name)).toEqual([
      'DATABASE_URL',
      'DATABASE_ADMIN_URL',
    ])
  })

  it('lets nothing in or out that is not named', () => {
    const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy')
    expect(policies.find(({ metadata }) => metadata.name === 'nothing')).toMatchObject({
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    })
  })
})
