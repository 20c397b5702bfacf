import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { isObject, strings } from './json.ts'

/** The scopes that the app's manifest asks for: the practice app is installed with exactly those. */
export function manifestScopes(): readonly string[] {
  const manifest: unknown = parse(readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8'))
  const oauth = isObject(manifest) ? manifest.oauth_config : undefined
  const scopes = isObject(oauth) ? oauth.scopes : undefined
  return isObject(scopes) ? strings(scopes.bot) : []
}
