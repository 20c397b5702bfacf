import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { createKubernetes, type Kubernetes } from '../../../src/adapters/kubernetes/kubernetes.ts'
import { type RawObject, WriteFailure } from '../../../src/core/ports/objects.ts'
import { RESTARTED_AT } from '../../../src/core/rollout/template.ts'
import type { ObjectKind, Step } from '../../../src/core/steps.ts'
import { factsBefore, readScene } from '../../../src/operations/scene.ts'
import { isLive, observe, progressOf, requestOf, staleness } from '../../../src/operations/steps/index.ts'
import type { ControlPlane } from '../../support/controlplane.ts'
import { eventually, now, silent } from '../world.ts'

/** Two objects alike: Bakery changes one with deploy/'s accounts, kubectl the other as an administrator. */
export interface Twins {
  readonly plane: ControlPlane
  readonly kubernetes: Kubernetes
  /** Names of the two: Bakery's and kubectl's. */
  readonly ours: string
  readonly theirs: string
  /** Makes both, from a manifest for a name. */
  make(manifest: (name: string) => object): Promise<void>
  /** The same by kubectl to both. */
  both(...args: readonly string[]): Promise<void>
  kubectl(...args: readonly string[]): Promise<string>
  object(kind: ObjectKind, name: string): Promise<RawObject>
  /** Sends a step as the engine does, once, and waits until it has come about. Throws `WriteFailure`. */
  run(step: Step): Promise<void>
  remove(): Promise<void>
}

export function twins(plane: ControlPlane): Twins {
  const kubernetes = createKubernetes({
    kubeconfigPath: plane.kubeconfig,
    namespace: 'bakery-ia',
    log: silent,
  })
  if (kubernetes === null) throw new Error('there is no kubeconfig')
  const { objects } = kubernetes
  const stem = `twin-${randomBytes(3).toString('hex')}`
  const [ours, theirs] = [`${stem}-ours`, `${stem}-them`]
  const kubectl = (...args: readonly string[]) => plane.kubectl('-n', 'bakery-ia', ...args)
  const owner = { id: randomBytes(5).toString('hex'), n: 0, createdAt: new Date().toISOString() }

  async function object(kind: ObjectKind, name: string): Promise<RawObject> {
    const found = await objects.reader.get(
      { kind, namespace: kind === 'Node' ? null : 'bakery-ia', name },
      now(),
    )
    if (found === null) throw new Error(`there is no ${kind} ${name}`)
    return found
  }

  async function send(step: Step): Promise<ReturnType<typeof factsBefore>> {
    const scene = await readScene(objects.reader, step, 'before', null, now())
    expect(staleness(step, scene)).toBeNull()
    if (!isLive(step, scene)) throw new Error('the object is another one')
    const before = factsBefore(scene)
    try {
      const { auditId } = await objects.writer.write(requestOf(step, scene, owner), now())
      expect(auditId).toMatch(/^[0-9a-f-]{36}$/)
      return before
    } catch (error) {
      // A controller wrote between the reading and the patch: nothing was changed, so it is read again, as the engine does.
      if (error instanceof WriteFailure && error.kind === 'conflict') return send(step)
      throw error
    }
  }

  return {
    ...{ plane, kubernetes, ours, theirs, kubectl, object },
    async make(manifest) {
      for (const name of [ours, theirs]) await apply(plane, manifest(name))
    },
    async both(...args) {
      for (const name of [ours, theirs]) await kubectl(...args.map((one) => one.replaceAll('NAME', name)))
    },
    async run(step) {
      const before = await send(step)
      const during = await eventually(
        90_000,
        () => readScene(objects.reader, step, 'during', before, now()),
        (scene) => progressOf(step, scene, owner).state !== 'waiting',
      )
      expect(progressOf(step, during, owner).state).toBe('done')
      expect(observe(step, during, owner)).toBe('done')
    },
    async remove() {
      const kinds = 'deployment,statefulset,daemonset,horizontalpodautoscaler,poddisruptionbudget'
      const names = [ours, theirs].map((name) => `twin=${name}`)
      for (const selector of names) await kubectl('delete', kinds, '-l', selector, '--wait=false')
      await kubernetes.stop()
    },
  }
}

async function apply(plane: ControlPlane, manifest: object): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bakery-twin-'))
  await writeFile(join(folder, 'object.json'), JSON.stringify(manifest))
  await plane.kubectl('create', '-f', join(folder, 'object.json'))
  await rm(folder, { recursive: true })
}

/** Labels of a twin: `twin` for what is removed at the end. */
export const labelsOf = (name: string) => ({ twin: name, 'app.kubernetes.io/name': name })

/** A pod template, and the same for every twin but for its name. */
export function templateOf(name: string, image: string, more: { readonly node?: string } = {}): object {
  const term = { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [more.node] }] }
  const preferred = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: term }] }
  const placed = more.node === undefined ? {} : { affinity: { nodeAffinity: preferred } }
  const env = [{ name: 'MODE', value: image }]
  return {
    metadata: { labels: labelsOf(name) },
    spec: { ...placed, terminationGracePeriodSeconds: 1, containers: [{ name: 'main', image, env }] },
  }
}

export function workloadOf(
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet',
  name: string,
  spec: object,
): object {
  const metadata = { name, namespace: 'bakery-ia', labels: labelsOf(name) }
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata,
    spec: { selector: { matchLabels: { twin: name } }, ...spec },
  }
}

/** What was specified, with the twin's name and the moment of a restart made alike. */
export function specOf({ spec }: RawObject, name: string): unknown {
  return JSON.parse(JSON.stringify(spec).replaceAll(name, 'NAME'), (key, value: unknown) => {
    if (key !== RESTARTED_AT) return value
    expect(new Date(String(value)).getTime()).toBeGreaterThan(Date.now() - 600_000)
    return 'MOMENT'
  })
}

/** Annotations, without Bakery's own marks. */
export function annotationsOf({ metadata }: RawObject): unknown {
  const kept = Object.entries(metadata.annotations ?? {}).filter(([name]) => !name.startsWith('bakery.dev/'))
  return Object.fromEntries(kept)
}
