import { readFileSync } from 'node:fs'
import { Agent } from 'undici'
import { parse } from 'yaml'
import { z } from 'zod'

const kubeconfigSchema = z.object({
  clusters: z.array(
    z.object({
      cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string().optional() }),
    }),
  ),
  users: z.array(z.object({ user: z.object({ token: z.string() }) })),
})

export interface RawAnswer {
  readonly status: number
  readonly contentType: string
  readonly text: string
  /** The header `Audit-Id`; empty: there is none. */
  readonly auditId: string
  /** Null when the text is not JSON. */
  readonly json: Record<string, unknown> | null
}

/** Plain HTTP with a kubeconfig's token, to see what an API server really says. */
export interface RawApi {
  request(method: string, path: string, body?: unknown, contentType?: string): Promise<RawAnswer>
  /** The first events of a watch, as many as asked for, within five seconds. */
  watch(path: string, events: number): Promise<readonly Record<string, unknown>[]>
  close(): Promise<void>
}

export function rawApi(kubeconfig: string): RawApi {
  const { clusters, users } = kubeconfigSchema.parse(parse(readFileSync(kubeconfig, 'utf8')))
  const { server, 'certificate-authority-data': ca } = clusters[0]!.cluster
  const agent = new Agent({
    connect: ca === undefined ? {} : { ca: Buffer.from(ca, 'base64').toString() },
    allowH2: false,
  })
  const authorization = `Bearer ${users[0]!.user.token}`
  const target = (path: string) => ({ origin: server, path })
  return {
    async request(method, path, body, contentType = 'application/json') {
      const answer = await agent.request({
        ...target(path),
        method: method as 'GET',
        headers: { authorization, accept: 'application/json', 'content-type': contentType },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.body.text()
      return {
        status: answer.statusCode,
        contentType: String(answer.headers['content-type'] ?? ''),
        auditId: String(answer.headers['audit-id'] ?? ''),
        text,
        json: parseObject(text),
      }
    },
    async watch(path, events) {
      const answer = await agent.request({
        ...target(path),
        method: 'GET',
        headers: { authorization, accept: 'application/json' },
        signal: AbortSignal.timeout(5_000),
      })
      const seen: Record<string, unknown>[] = []
      let rest = ''
      for await (const chunk of answer.body) {
        const lines = (rest + chunk.toString()).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) seen.push(JSON.parse(line))
        if (seen.length >= events) break
      }
      return seen
    },
    close: () => agent.destroy(),
  }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
