import { coerceError } from './core/errors.ts'
import type { Platform } from './platform.ts'
import { createReferences } from './references.ts'

/** Addresses of the platform file that cannot be resolved in this environment, all of them, one line each. */
export function addressFaults(platform: Platform, file: string, env: NodeJS.ProcessEnv): string[] {
  const references = createReferences({ env })
  return addressesOf(platform).flatMap(([path, reference]) => {
    if (reference === undefined) return []
    try {
      references.address(reference)
      return []
    } catch (thrown) {
      const { message } = coerceError(thrown)
      return [`${file}.${path}: found ${reference}, expected an address: ${message}`]
    }
  })
}

function addressesOf(platform: Platform): [string, string | undefined][] {
  const { databases, redis, rabbitmq, prometheus, alertmanager, signoz, collector } = platform
  return [
    ...databases.map(({ address }, index): [string, string] => [`databases.${index}.address`, address]),
    ['redis.address', redis?.address],
    ['rabbitmq.url', rabbitmq?.url],
    ['prometheus.url', prometheus?.url],
    ['alertmanager.url', alertmanager?.url],
    ['signoz.url', signoz?.url],
    ['collector.url', collector?.url],
  ]
}
