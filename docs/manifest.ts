import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseDocument } from 'yaml'

/** The manifest's HTTP variant is made out of manifest.yml, so that the two never differ in anything else. */

const MANIFEST = new URL('../manifest.yml', import.meta.url)
const HTTP_MANIFEST = new URL('./manifest.http.yml', import.meta.url)

/** Stands for the address under which Slack reaches the installation; to be replaced before the manifest is used. */
const EXAMPLE_URL = 'https://bakery.example.com/slack/events'

const HEADER = ` Bakery's Slack app, for HTTP. Made from manifest.yml by \`npm run docs\`: change that file, never this one.
 Replace ${EXAMPLE_URL} with the address under which Slack reaches POST /slack/events,
 and give the bot SLACK_BOT_TOKEN (xoxb-…) and SLACK_SIGNING_SECRET.`

/** The HTTP form of a manifest in Socket Mode form, under a header of its own; `url` is where Slack sends everything. */
export function httpManifest(manifest: string, url: string = EXAMPLE_URL): string {
  const document = parseDocument(manifest.replace(/^(#.*\n)+/, ''))
  document.commentBefore = HEADER
  document.setIn(['features', 'slash_commands', 0, 'url'], url)
  document.setIn(['settings', 'event_subscriptions', 'request_url'], url)
  document.setIn(['settings', 'interactivity', 'request_url'], url)
  document.setIn(['settings', 'socket_mode_enabled'], false)
  return document.toString({ lineWidth: 120 })
}

/** Writes docs/manifest.http.yml; returns its path. */
export function writeManifest(): string {
  writeFileSync(HTTP_MANIFEST, httpManifest(readFileSync(MANIFEST, 'utf8')))
  return fileURLToPath(HTTP_MANIFEST)
}
