import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { isObject, type Json, objects, string, strings } from './json.ts'

/** What the app's manifest asks Slack for: the practice app is installed with exactly that. */
export interface AppManifest {
  readonly scopes: readonly string[]
  readonly homeTab: boolean
  readonly shortcuts: readonly Shortcut[]
}

/** Something that a person can start without a command: from anywhere (`global`) or on a message. */
export interface Shortcut {
  readonly type: 'global' | 'message'
  readonly name: string
  readonly callbackId: string
}

export function appManifest(): AppManifest {
  const manifest: unknown = parse(readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8'))
  const within = (value: unknown, key: string): Json => {
    const inner = isObject(value) ? value[key] : undefined
    return isObject(inner) ? inner : {}
  }
  return {
    scopes: strings(within(within(manifest, 'oauth_config'), 'scopes').bot),
    shortcuts: objects(within(manifest, 'features').shortcuts).map((shortcut) => ({
      type: shortcut.type === 'message' ? 'message' : 'global',
      name: string(shortcut.name),
      callbackId: string(shortcut.callback_id),
    })),
    homeTab: within(within(manifest, 'features'), 'app_home').home_tab_enabled === true,
  }
}
