import type { RawObject } from '../../core/ports/objects.ts'
import type { Room } from '../../core/ports/workloads.ts'
import { at, condition, list, record, text } from '../../core/raw.ts'
import { type Amounts, add, amounts, podAmounts } from './pod-resources.ts'
import { holds } from './selectors.ts'

/** What a pod takes of its node. */
export interface PodLoad {
  readonly node: string
  readonly requests: Amounts
}

/** Null: it is on no node, or it has ended. */
export function podLoad(pod: unknown): PodLoad | null {
  const node = text(at(pod, 'spec', 'nodeName'))
  if (node === null || isFinished(pod)) return null
  return { node, requests: podAmounts(at(pod, 'spec'), 'requests') }
}

export function isFinished(pod: unknown): boolean {
  return ['Succeeded', 'Failed'].includes(text(at(pod, 'status', 'phase')) ?? '')
}

/** A node that takes new pods. */
export function takesPods(node: RawObject): boolean {
  return at(node, 'spec', 'unschedulable') !== true && condition(node, 'Ready').status === 'True'
}

/**
 * How many more pods of this template the nodes have room for, by what pods request of them. Affinity among pods, spreading
 * and volumes are not looked at: the scheduler may find room for fewer.
 */
export function nodesRoom(template: unknown, nodes: readonly RawObject[], loads: readonly PodLoad[]): number {
  const spec = at(template, 'spec')
  const needs: Amounts = { ...podAmounts(spec, 'requests'), pods: 1 }
  return nodes
    .filter((node) => takesPods(node) && mayBeOn(spec, node))
    .map((node) => fits(needs, freeOn(node, loads)))
    .reduce((sum, each) => sum + each, 0)
}

function freeOn(node: RawObject, loads: readonly PodLoad[]): Amounts {
  const on = loads.filter((load) => load.node === node.metadata.name)
  const taken = on.map(({ requests }) => ({ ...requests, pods: 1 })).reduce<Amounts>(add, {})
  const whole = amounts(at(node, 'status', 'allocatable'))
  return Object.fromEntries(Object.entries(whole).map(([name, all]) => [name, all - (taken[name] ?? 0)]))
}

/** How many times what one needs is in what is free. */
function fits(needs: Amounts, free: Amounts): number {
  const each = Object.entries(needs).flatMap(([name, need]) =>
    need > 0 ? [times(free[name] ?? 0, need)] : [],
  )
  return Math.max(0, Math.min(...each))
}

/** Whole times; 0.3 is three times 0.1, whatever floating point says. */
function times(free: number, need: number): number {
  return Math.floor(free / need + 1e-9)
}

/** Whether the template's selector, affinity and tolerations let it on the node. */
function mayBeOn(spec: unknown, node: RawObject): boolean {
  const labels = record(at(node, 'metadata', 'labels'))
  const wanted = Object.entries(record(at(spec, 'nodeSelector')))
  if (!wanted.every(([key, value]) => labels[key] === value)) return false
  const required = at(spec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution')
  const terms = list(at(required, 'nodeSelectorTerms'))
  if (required !== undefined && !terms.some((term) => meets(term, node))) return false
  return list(at(node, 'spec', 'taints')).every((taint) => isTolerated(taint, list(at(spec, 'tolerations'))))
}

function meets(term: unknown, node: RawObject): boolean {
  const labels = record(at(node, 'metadata', 'labels'))
  const expressions = list(at(term, 'matchExpressions'))
  const fields = list(at(term, 'matchFields'))
  return (
    expressions.length + fields.length > 0 &&
    expressions.every((one) => holds(one, labels[text(at(one, 'key')) ?? ''])) &&
    fields.every((one) => holds(one, node.metadata.name))
  )
}

function isTolerated(taint: unknown, tolerations: readonly unknown[]): boolean {
  if (at(taint, 'effect') === 'PreferNoSchedule') return true
  return tolerations.some((one) => {
    const [key, effect] = [at(one, 'key'), at(one, 'effect')]
    if (effect !== undefined && effect !== '' && effect !== at(taint, 'effect')) return false
    const exists = at(one, 'operator') === 'Exists'
    if (key === undefined || key === '') return exists
    return key === at(taint, 'key') && (exists || (at(one, 'value') ?? '') === (at(taint, 'value') ?? ''))
  })
}

/** The quota that is met first, and by how many more pods; null: none counts these pods. A dry run never meets one: pods are made later. */
export function quotaRoom(template: unknown, quotas: readonly RawObject[]): Room['quota'] {
  const spec = at(template, 'spec')
  const each = quotas.filter((quota) => counts(quota, spec)).flatMap((quota) => limits(quota, spec))
  return each.toSorted((a, b) => a.pods - b.pods)[0] ?? null
}

function limits(quota: RawObject, spec: unknown): readonly NonNullable<Room['quota']>[] {
  const hard = amounts(at(quota, 'status', 'hard') ?? at(quota, 'spec', 'hard'))
  const used = amounts(at(quota, 'status', 'used'))
  const costs = podCosts(spec)
  return Object.entries(hard).flatMap(([resource, most]) => {
    const cost = costs[resource] ?? 0
    if (cost <= 0) return []
    const pods = Math.max(0, times(most - (used[resource] ?? 0), cost))
    return [{ name: quota.metadata.name, resource, pods }]
  })
}

/** In the names of quotas: `cpu` is `requests.cpu`. */
function podCosts(spec: unknown): Amounts {
  const requests = podAmounts(spec, 'requests')
  const named = (prefix: string, of: Amounts) =>
    Object.fromEntries(Object.entries(of).map(([name, amount]) => [`${prefix}.${name}`, amount]))
  return {
    ...requests,
    ...named('requests', requests),
    ...named('limits', podAmounts(spec, 'limits')),
    pods: 1,
    'count/pods': 1,
  }
}

/** Whether a quota's scopes are about pods of this kind. Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes */
function counts(quota: RawObject, spec: unknown): boolean {
  const scopes = list(at(quota, 'spec', 'scopes')).map((scopeName) => ({ scopeName, operator: 'Exists' }))
  return [...scopes, ...list(at(quota, 'spec', 'scopeSelector', 'matchExpressions'))].every((one) => {
    const ends = at(spec, 'activeDeadlineSeconds') !== undefined
    const asks = Object.keys({ ...podAmounts(spec, 'requests'), ...podAmounts(spec, 'limits') }).length > 0
    switch (at(one, 'scopeName')) {
      case 'Terminating':
        return ends
      case 'NotTerminating':
        return !ends
      case 'BestEffort':
        return !asks
      case 'NotBestEffort':
        return asks
      case 'PriorityClass':
        return holds(one, at(spec, 'priorityClassName'))
      default:
        return false
    }
  })
}
