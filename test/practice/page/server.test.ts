import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPage } from '../../../practice/page/server.ts'
import { type PageSetup, REPORT, setUpPage } from './support.ts'

let at: PageSetup
beforeAll(async () => {
  at = await setUpPage()
})
afterAll(() => at.stop())

interface Shown {
  readonly ts: string
  readonly files: readonly { readonly path: string }[]
}

const get = async <T = unknown>(path: string): Promise<T> => {
  const body: unknown = await (await fetch(at.page.url + path)).json()
  return body as T
}
const messagesOf = (person: string) =>
  get<readonly Shown[]>(`/do/messages?person=${person}&channel=C0OPERATIONS`)
const newest = async (person: string) => {
  const message = (await messagesOf(person)).at(-1)
  if (message === undefined) throw new Error('there is no message')
  return message
}
const post = async (name: string, body: object, headers: Record<string, string> = {}) => {
  const response = await fetch(`${at.page.url}/do/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const answer: unknown = await response.json()
  return { status: response.status, body: answer as Record<string, unknown> }
}

/** fetch does not let a Host header be forged; the plain client does. */
const statusWithHost = (host: string) =>
  new Promise((resolve) => {
    const { port } = new URL(at.page.url)
    request({ port, host: '127.0.0.1', headers: { host } }, (response) => resolve(response.statusCode)).end()
  })

describe('the practice page', () => {
  it('is served on loopback with a strict content policy', async () => {
    const response = await fetch(at.page.url)
    expect(new URL(at.page.url).hostname).toBe('127.0.0.1')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
    expect(await response.text()).toContain('Practice workspace.')
  })

  it('does not answer to another name, another origin or a form', async () => {
    expect(await statusWithHost('attacker.example')).toBe(403)
    expect(await statusWithHost(new URL(at.page.url).host)).toBe(200)
    const line = { person: 'U0ANA', channel: 'C0OPERATIONS', text: '/bakery help' }
    expect((await post('send', line, { origin: 'http://attacker.example' })).status).toBe(403)
    expect((await post('send', line, { 'content-type': 'text/plain' })).status).toBe(403)
    expect(at.bot.heard).toEqual([])
  })

  it('shows each person their own channels', async () => {
    const channels = async (person: string) =>
      (await get<{ channels: { name: string }[] }>(`/do/state?person=${person}`)).channels.map(
        ({ name }) => name,
      )
    expect(await channels('U0ANA')).toEqual([
      'operations',
      'morning-digest',
      'security',
      'random',
      'partner-flour-mill',
    ])
    expect(await channels('U0GUS')).toEqual(['operations'])
    expect(await channels('U0EVE')).toEqual(['partner-flour-mill'])
  })

  it('lets nobody read or write where they are not, nor act for somebody who left', async () => {
    expect(await get('/do/messages?person=U0EVE&channel=C0OPERATIONS')).toEqual({
      error: 'U0EVE is not in C0OPERATIONS',
    })
    const direct = await at.slack.direct('U0ANA')
    expect(await get(`/do/messages?person=U0VERA&channel=${direct}`)).toEqual({
      error: `U0VERA is not in ${direct}`,
    })
    expect((await post('send', { person: 'U0DORA', channel: 'C0OPERATIONS', text: 'hi' })).status).toBe(400)
  })

  it('sends a line that starts with a slash to the bot and anything else to the channel', async () => {
    const sent = await post('send', { person: 'U0MARCO', channel: 'C0OPERATIONS', text: '/bakery health' })
    expect(sent.body).toMatchObject({ ok: true, error: null })
    expect(at.bot.heard.at(-1)?.form.get('text')).toBe('health')
    await post('send', { person: 'U0MARCO', channel: 'C0OPERATIONS', text: 'looking into it' })
    const message = await newest('U0ANA')
    expect(message).toMatchObject({ author: 'Marco Molina', text: 'looking into it', app: false })
    const inThread = {
      person: 'U0MARCO',
      channel: 'C0OPERATIONS',
      text: '/bakery health',
      thread: message.ts,
    }
    expect((await post('send', inThread)).body.error).toContain('in channels only')
  })

  it('clicks for real', async () => {
    await at.client.chat.postMessage({ channel: 'C0OPERATIONS', text: 'One thing is wrong', blocks: REPORT })
    const message = await newest('U0ANA')
    const where = { person: 'U0ANA', channel: 'C0OPERATIONS', ts: message.ts, thread: '' }
    await post('act', { ...where, block: 'row', action: 'logs' })
    expect(at.bot.heard.at(-1)?.payload).toMatchObject({
      user: { id: 'U0ANA' },
      actions: [{ value: 'logs.1' }],
    })
    expect((await post('act', { ...where, ts: '1.1', block: 'row', action: 'logs' })).body.error).toBe(
      'this message is gone',
    )
  })

  it('tells of changes as they happen, of one person’s own to that person alone', async () => {
    const listen = async (person: string) => {
      const response = await fetch(`${at.page.url}/events?person=${person}`)
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
      await reader?.read()
      return async () => (await reader?.read())?.value ?? ''
    }
    const vera = await listen('U0VERA')
    const ana = await listen('U0ANA')
    await at.client.chat.postEphemeral({ channel: 'C0OPERATIONS', user: 'U0VERA', text: 'for Vera' })
    await at.client.chat.postMessage({ channel: 'C0DIGEST', text: 'for all' })
    expect(await vera()).toContain('"type":"ephemeral"')
    expect(await ana()).toContain('"type":"message","channel":"C0DIGEST"')
  })

  it('hands out files as downloads only', async () => {
    await at.client.filesUploadV2({
      channel_id: 'C0OPERATIONS',
      filename: 'a.html',
      title: 'A',
      content: '<script>1</script>',
    })
    const message = await newest('U0ANA')
    const response = await fetch(`${at.page.url}/file?path=${message.files[0]?.path}&name=a.html`)
    expect(response.headers.get('content-disposition')).toContain('attachment')
    expect(response.headers.get('content-type')).toContain('text/plain')
    expect((await fetch(`${at.page.url}/file?path=/api/auth.test`)).status).toBe(404)
  })

  it('takes the next port when its own is taken', async () => {
    const { port } = new URL(at.page.url)
    const second = await startPage({ slack: at.slack, port: Number(port) })
    expect(Number(new URL(second.url).port)).toBeGreaterThan(Number(port))
    await second.stop()
  })
})
