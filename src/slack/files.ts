import { z } from 'zod'
import type { AnswerFile } from '../core/answer.ts'
import type { SlackClient } from './client.ts'

/** Puts files into a conversation. Throws what `outcome.ts` classifies. */
export type ShareFiles = (
  files: readonly AnswerFile[],
  place: { readonly channel: string; readonly threadTs: string | null },
) => Promise<void>

const granted = z.object({ upload_url: z.url(), file_id: z.string().min(1) })

/** Slack's three steps: ask for an address, send the bytes there, share what was sent. `apiUrl` is SLACK_API_URL. */
export function createShareFiles(client: SlackClient, apiUrl: string, timeoutMs: number): ShareFiles {
  const to = { client, ownOrigin: new URL(apiUrl).origin, timeoutMs }
  return async (files, { channel, threadTs }) => {
    if (files.length === 0) return
    const uploaded = await Promise.all(
      files.map(async ({ name, title, content }) => ({
        id: await upload(to, name, content),
        title,
      })),
    )
    await client.call('files.completeUploadExternal', {
      files: uploaded,
      channel_id: channel,
      ...(threadTs === null ? {} : { thread_ts: threadTs }),
    })
  }
}

async function upload(
  { client, ownOrigin, timeoutMs }: { client: SlackClient; ownOrigin: string; timeoutMs: number },
  name: string,
  content: string,
): Promise<string> {
  // Slack takes no empty file.
  const bytes = Buffer.from(content === '' ? '\n' : content)
  const asked = { filename: name, length: bytes.length }
  const { upload_url, file_id } = granted.parse(await client.call('files.getUploadURLExternal', asked))
  const url = new URL(upload_url)
  if (url.protocol !== 'https:' && url.origin !== ownOrigin) {
    throw new Error('Slack named an address for the upload that is not encrypted.')
  }
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'user-agent': 'bakery' },
    body: bytes,
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`The upload of a file answered HTTP ${response.status}.`)
  return file_id
}
