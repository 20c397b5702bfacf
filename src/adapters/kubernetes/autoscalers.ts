import type { RawObject } from '../../core/ports/objects.ts'
import type { Autoscaler } from '../../core/ports/workloads.ts'
import { at, condition, count, list, text } from '../../core/raw.ts'
import { managementOf } from './management.ts'

/** The autoscaler that sets this workload's replicas; null: none does. */
export function autoscalerFor(
  kind: string,
  name: string,
  autoscalers: readonly RawObject[],
): RawObject | null {
  const aims = (hpa: RawObject) => {
    const target = at(hpa, 'spec', 'scaleTargetRef')
    return at(target, 'kind') === kind && at(target, 'name') === name
  }
  return autoscalers.find(aims) ?? null
}

export function projectAutoscaler(hpa: RawObject, owner: RawObject | null): Autoscaler {
  const { name, namespace = null, uid } = hpa.metadata
  const target = at(hpa, 'spec', 'scaleTargetRef')
  return {
    ref: { kind: 'HorizontalPodAutoscaler', namespace, name, uid },
    // Kubernetes' own default of the least is 1.
    bounds: { min: count(at(hpa, 'spec', 'minReplicas'), 1), max: count(at(hpa, 'spec', 'maxReplicas')) },
    current: count(at(hpa, 'status', 'currentReplicas')),
    desired: count(at(hpa, 'status', 'desiredReplicas')),
    trouble: troubleOf(hpa),
    managedBy: managementOf(hpa, owner),
    target: { kind: text(at(target, 'kind')) ?? '', name: text(at(target, 'name')) ?? '' },
    metrics: list(at(hpa, 'spec', 'metrics')).flatMap((metric) => metricText(metric) ?? []),
  }
}

function troubleOf(hpa: RawObject): string | null {
  for (const type of ['AbleToScale', 'ScalingActive']) {
    const { status, reason } = condition(hpa, type)
    if (status === 'False') return text(reason) ?? type
  }
  return null
}

/** `cpu 80 %`, `memory 500Mi a pod`, `requests_per_second 100 a pod`. */
function metricText(metric: unknown): string | null {
  const type = text(at(metric, 'type'))
  const of = at(metric, type === null ? '' : type.charAt(0).toLowerCase() + type.slice(1))
  const name = text(at(of, 'name')) ?? text(at(of, 'metric', 'name'))
  if (name === null) return null
  const target = at(of, 'target')
  const share = at(target, 'averageUtilization')
  if (typeof share === 'number') return `${name} ${share} %`
  const each = text(at(target, 'averageValue'))
  if (each !== null) return `${name} ${each} a pod`
  const whole = text(at(target, 'value'))
  return whole === null ? name : `${name} ${whole}`
}
