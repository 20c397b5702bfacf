import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { type Platform, platformSchema } from '../../src/platform.ts'

/** The platform of the operations guide, as platform.example.yaml describes it. */
export function examplePlatform(): Platform {
  const file = join(import.meta.dirname, '../../platform.example.yaml')
  return platformSchema.parse(parse(readFileSync(file, 'utf8')))
}
