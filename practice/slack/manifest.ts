import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { isObject, type Json, strings } from './json.ts'

/** What the app's manifest asks Slack for: the practice app is installed with exactly that. */
export interface AppManifest {
  readonly scopes: readonly string[]
  readonly homeTab: boolean
}

export function appManifest(): AppManifest {
  const manifest: unknown = parse(readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8'))
  const within = (value: unknown, key: string): Json => {
    const inner = isObject(value) ? value[key] : undefined
    return isObject(inner) ? inner : {}
  }
  return {
    scopes: strings(within(within(manifest, 'oauth_config'), 'scopes').bot),
    homeTab: within(within(manifest, 'features'), 'app_home').home_tab_enabled === true,
  }
}
