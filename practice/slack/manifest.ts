import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { isObject, type Json, objects, string, strings } from './json.ts'

/** What the app's manifest asks Slack for: the practice app is installed with exactly that. */
export interface AppManifest {
  readonly scopes: readonly string[]
  /** The events that it subscribes to. */
  readonly events: readonly string[]
  readonly homeTab: boolean
  readonly shortcuts: readonly Shortcut[]
  readonly commands: readonly SlashCommand[]
}

/** A slash command as Slack offers it while one types. */
export interface SlashCommand {
  readonly name: string
  readonly description: string
  readonly hint: string
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
    events: strings(within(within(manifest, 'settings'), 'event_subscriptions').bot_events),
    shortcuts: objects(within(manifest, 'features').shortcuts).map((shortcut) => ({
      type: shortcut.type === 'message' ? 'message' : 'global',
      name: string(shortcut.name),
      callbackId: string(shortcut.callback_id),
    })),
    commands: objects(within(manifest, 'features').slash_commands).map((command) => ({
      name: string(command.command),
      description: string(command.description),
      hint: string(command.usage_hint),
    })),
    homeTab: within(within(manifest, 'features'), 'app_home').home_tab_enabled === true,
  }
}
