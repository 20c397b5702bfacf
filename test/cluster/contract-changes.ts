import { expect, it } from 'vitest'
import { WriteFailure, type WriteRequest } from '../../src/core/ports/objects.ts'
import type { ObjectRef } from '../../src/core/steps.ts'
import type { World } from './contract.ts'
import { deploymentNamed, eventually, now, scratchName } from './world.ts'

const DEPLOYMENTS = '/apis/apps/v1/namespaces/bakery-ia/deployments'
const BUDGETS = '/apis/policy/v1/namespaces/bakery-ia/poddisruptionbudgets'

/** What deploy/'s accounts change and rehearse, and every way in which nothing is changed. */
export function changeContract(world: () => World): void {
  const objects = () => world().kubernetes.objects

  async function made(name: string) {
    await world().admin.request('POST', DEPLOYMENTS, deploymentNamed(name))
    const settled = await eventually(
      20_000,
      () => objects().reader.get({ kind: 'Deployment', namespace: 'bakery-ia', name }, now()),
      (found) => (found?.status as { availableReplicas?: number } | undefined)?.availableReplicas === 1,
    )
    if (settled === null) throw new Error('it was not made')
    return {
      object: settled,
      ref: { kind: 'Deployment', namespace: 'bakery-ia', name, uid: settled.metadata.uid } as const,
    }
  }

  const scaled = (ref: ObjectRef, version: string, replicas: number): WriteRequest => ({
    ...{ verb: 'patch', ref },
    patch: {
      format: 'json',
      operations: [
        { op: 'test', path: '/metadata/uid', value: ref.uid },
        { op: 'test', path: '/metadata/resourceVersion', value: version },
        { op: 'replace', path: '/spec/replicas', value: replicas },
      ],
    },
  })

  const failureOf = (writing: Promise<unknown>): Promise<WriteFailure> =>
    writing.then(
      () => expect.unreachable(),
      (error) => {
        expect(error).toBeInstanceOf(WriteFailure)
        return error
      },
    )
  const replicasOf = async (ref: ObjectRef) =>
    ((await objects().reader.get(ref, now()))?.spec as { replicas?: number } | undefined)?.replicas

  it('changes the version that was read, and no other', async () => {
    const { object, ref } = await made(scratchName())
    const { writer, reader } = objects()
    const written = await writer.write(scaled(ref, object.metadata.resourceVersion, 2), now())
    expect(written.object?.spec).toMatchObject({ replicas: 2 })
    expect(written.auditId).toMatch(/^[0-9a-f-]{36}$/)
    const again = await failureOf(writer.write(scaled(ref, object.metadata.resourceVersion, 5), now()))
    expect(again).toMatchObject({ kind: 'conflict' })
    expect(await replicasOf(ref)).toBe(2)
    const managers = (await reader.get(ref, now()))?.metadata.managedFields
    expect(managers).toContainEqual(expect.objectContaining({ manager: 'bakery', operation: 'Update' }))
    await world().admin.request('DELETE', `${DEPLOYMENTS}/${ref.name}`)
  }, 30_000)

  it.each(['json', 'merge', 'strategic'] as const)(
    'never touches another object of the same name (%s)',
    async (format) => {
      const name = scratchName()
      const old = await made(name)
      await world().admin.request('DELETE', `${DEPLOYMENTS}/${name}`)
      await eventually(
        10_000,
        () => objects().reader.get(old.ref, now()),
        (found) => found === null,
      )
      const fresh = await made(name)
      expect(fresh.ref.uid).not.toBe(old.ref.uid)
      const { resourceVersion } = fresh.object.metadata
      const body = { metadata: { uid: old.ref.uid, resourceVersion }, spec: { replicas: 7 } }
      const requests = {
        json: scaled(old.ref, resourceVersion, 7),
        merge: { verb: 'patch', ref: old.ref, patch: { format: 'merge', body } },
        strategic: {
          verb: 'patch',
          ref: old.ref,
          patch: { format: 'strategic', text: JSON.stringify(body) },
        },
      } as const
      expect(await failureOf(objects().writer.write(requests[format], now()))).toMatchObject({
        kind: 'conflict',
      })
      expect(await replicasOf(fresh.ref)).toBe(1)
      await world().admin.request('DELETE', `${DEPLOYMENTS}/${name}`)
    },
    40_000,
  )

  it('rehearses without changing anything', async () => {
    const { object, ref } = await made(scratchName())
    const would = await objects().rehearser.rehearse(scaled(ref, object.metadata.resourceVersion, 4), now())
    expect(would?.spec).toMatchObject({ replicas: 4 })
    expect(await replicasOf(ref)).toBe(1)
    const invalid = failureOf(
      objects().rehearser.rehearse(scaled(ref, object.metadata.resourceVersion, -1), now()),
    )
    expect(await invalid).toMatchObject({ kind: 'refused', status: 422 })
    await world().admin.request('DELETE', `${DEPLOYMENTS}/${ref.name}`)
  }, 30_000)

  it('says that there is nothing to change', async () => {
    const ref = { kind: 'Deployment', namespace: 'bakery-ia', name: scratchName(), uid: 'none' } as const
    expect(await failureOf(objects().writer.write(scaled(ref, '1', 2), now()))).toMatchObject({
      kind: 'absent',
    })
    expect(await objects().reader.get(ref, now())).toBeNull()
  })

  it('is refused outside the namespace, with the account that lacks the right', async () => {
    const ref = { kind: 'Deployment', namespace: 'kube-system', name: 'none', uid: 'none' } as const
    const failure = await failureOf(objects().writer.write(scaled(ref, '1', 2), now()))
    expect(failure).toMatchObject({ kind: 'refused', status: 403, reason: 'Forbidden' })
    expect(failure.message).toMatch(
      /"system:serviceaccount:bakery-desk:bakery-operator" cannot patch resource "deployments"/,
    )
  })

  it('lets a pod go only as its budget allows, and only the pod that is meant', async () => {
    const name = scratchName()
    const matchLabels = { 'app.kubernetes.io/name': name }
    await made(name)
    const { reader, writer } = objects()
    const budget = { metadata: { name }, spec: { minAvailable: 1, selector: { matchLabels } } }
    await world().admin.request('POST', BUDGETS, budget)
    const labels = `app.kubernetes.io/name=${name}`
    const [pod] = await reader.list({ kind: 'Pod', namespace: 'bakery-ia', labels }, now())
    if (pod === undefined) throw new Error('there is no pod')
    const ref = {
      kind: 'Pod',
      namespace: 'bakery-ia',
      name: pod.metadata.name,
      uid: pod.metadata.uid,
    } as const
    await eventually(
      20_000,
      () => reader.get({ kind: 'PodDisruptionBudget', namespace: 'bakery-ia', name }, now()),
      (found) => (found?.status as { currentHealthy?: number } | undefined)?.currentHealthy === 1,
    )
    const kept = await failureOf(writer.write({ verb: 'evict', ref }, now()))
    expect(kept).toMatchObject({ kind: 'refused', status: 429, reason: 'TooManyRequests' })
    expect(kept.message).toContain(`The disruption budget ${name} needs 1 healthy pods and has 1 currently`)
    const other = { ...ref, uid: '00000000-0000-0000-0000-000000000000' }
    expect(await failureOf(writer.write({ verb: 'delete', ref: other }, now()))).toMatchObject({
      kind: 'conflict',
    })
    const { auditId, object } = await writer.write({ verb: 'delete', ref }, now())
    expect([auditId === null, object]).toEqual([false, null])
    await eventually(
      40_000,
      () => reader.get(ref, now()),
      (found) => found?.metadata.uid !== ref.uid,
    )
    await world().admin.request('DELETE', `${DEPLOYMENTS}/${name}`)
    await world().admin.request('DELETE', `${BUDGETS}/${name}`)
  }, 90_000)

  it('cordons a node and nothing else of it', async () => {
    const { reader, writer } = objects()
    const [node] = await reader.list({ kind: 'Node', namespace: null }, now())
    if (node === undefined) throw new Error('there is no node')
    const ref = { kind: 'Node', namespace: null, name: node.metadata.name, uid: node.metadata.uid } as const
    const patched = (body: object): WriteRequest => ({
      ...{ verb: 'patch', ref },
      patch: { format: 'merge', body: { metadata: { uid: ref.uid }, ...body } },
    })
    const cordoned = await writer.write(patched({ spec: { unschedulable: true } }), now())
    expect(cordoned.object?.spec).toMatchObject({ unschedulable: true })
    const back = await writer.write(patched({ spec: { unschedulable: null } }), now())
    expect(back.object?.spec).not.toHaveProperty('unschedulable')
  })
}
