import { escapeMessage } from './escape.ts'
import { isObject, type Json, objects, string } from './json.ts'
import { type Door, placeOf } from './outgoing.ts'

/** A file that somebody sends. */
export interface Upload {
  readonly name: string
  readonly bytes: Buffer
}

/** Where files go: into a message of a channel, with what was written beside them. */
export interface Share {
  readonly channel: string
  readonly text: string
  readonly threadTs?: string | undefined
}

/**
 * Sends files as Slack's own client does: an address for each, its bytes, and all of them completed at once. Without
 * `share` they belong to nobody but the person, as what was put into a `file_input`. Answers the file objects.
 */
export async function upload(
  door: Door,
  person: string,
  files: readonly Upload[],
  share: Share | null,
): Promise<readonly Json[]> {
  const { emulated, state } = door.desk()
  if (share !== null) placeOf(door.desk(), person, share.channel)
  const ids: string[] = []
  for (const file of files) ids.push(await put(door, person, file))
  const where =
    share === null
      ? {}
      : {
          channel_id: share.channel,
          ...(share.text === '' ? {} : { initial_comment: escapeMessage(state, share.text) }),
          ...(share.threadTs === undefined ? {} : { thread_ts: share.threadTs }),
        }
  const named = ids.map((id, index) => ({ id, title: files[index]?.name ?? id }))
  const answer = await emulated.call(person, 'files.completeUploadExternal', { files: named, ...where })
  if (answer.ok !== true) throw new Error(`the files were not taken: ${string(answer.error)}`)
  if (share !== null) state.changed({ type: 'files', channel: share.channel })
  return objects(answer.files)
}

async function put({ desk }: Door, person: string, { name, bytes }: Upload): Promise<string> {
  const { emulated } = desk()
  const begun = await emulated.call(person, 'files.getUploadURLExternal', {
    filename: name,
    length: bytes.length,
  })
  if (begun.ok !== true) throw new Error(`${name} was not taken: ${string(begun.error)}`)
  const { pathname } = new URL(string(begun.upload_url))
  const status = await emulated.upload(pathname, bytes, 'application/octet-stream')
  if (status !== 200) throw new Error(`${name} did not arrive: ${status}`)
  return string(begun.file_id)
}

/** What an app with `files:read` hears of a file that was shared. https://docs.slack.dev/reference/events/file_shared */
export function fileShared(door: Door, person: string, file: Json, { channel }: Share): Json {
  const { id } = isObject(file) ? file : { id: '' }
  return {
    ...{ type: 'file_shared', channel_id: channel, file_id: id, user_id: person, file: { id } },
    event_ts: door.desk().state.nextTs(),
  }
}
