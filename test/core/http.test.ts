import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { basic, bearer, createHttpReader } from '../../src/core/http.ts'
import type { HttpRequest } from '../../src/core/http-send.ts'
import { Secret } from '../../src/core/secret.ts'
import { dependencyError, everythingOf } from '../support/expect-error.ts'
import { freePort } from '../support/servers.ts'
import { type StandIn, sendJson, sendPage, startSocket, startWeb } from '../support/web.ts'

const open: StandIn[] = []
const REQUEST: HttpRequest = { operation: 'ask', path: '/api/thing' }
const CANARY = 'CANARY-5f0c'

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.stop()))
})

async function web(...answer: Parameters<typeof startWeb>) {
  const started = await startWeb(...answer)
  open.push(started)
  return started
}

async function socket(...use: Parameters<typeof startSocket>) {
  const started = await startSocket(...use)
  open.push(started)
  return started
}

const soon = () => AbortSignal.timeout(5_000)
const reader = (address: string, options: { maxBytes?: number; timeoutMs?: number } = {}) =>
  createHttpReader({ name: 'System', address, ...options })

describe('reading JSON over HTTP', () => {
  it('joins the path to an address with a prefix and a closing slash', async () => {
    const server = await web((_, response) => sendJson(response, { ok: true }))
    const answer = await reader(`${server.url}/prefix/`).json({ ...REQUEST, query: { q: 'a b&c' } }, soon())
    expect(answer).toEqual({ status: 200, body: { ok: true } })
    expect(server.heard[0]).toMatchObject({ method: 'GET', path: '/prefix/api/thing?q=a+b%26c' })
  })

  it('gives the body of a refusal to the one who asked', async () => {
    const server = await web((_, response) => sendJson(response, { why: 'no' }, 422))
    expect(await reader(server.url).json(REQUEST, soon())).toEqual({ status: 422, body: { why: 'no' } })
  })

  it('sends forms and JSON by POST', async () => {
    const server = await web((_, response) => sendJson(response, null))
    await reader(server.url).json({ ...REQUEST, form: { query: 'up == 1' } }, soon())
    await reader(server.url).json({ ...REQUEST, json: { a: 1 } }, soon())
    expect(server.heard.map(({ method, body }) => [method, body])).toEqual([
      ['POST', 'query=up+%3D%3D+1'],
      ['POST', '{"a":1}'],
    ])
  })

  it('keeps its connection open between requests', async () => {
    const ports = new Set<number | undefined>()
    const server = await web((_, response) => {
      ports.add(response.socket?.remotePort)
      sendJson(response, {})
    })
    const http = reader(server.url)
    for (let i = 0; i < 5; i += 1) await http.json(REQUEST, soon())
    // The answer may reach us a moment before its connection is free again.
    expect(ports.size).toBeLessThanOrEqual(2)
  })
})

describe('when the answer is not what was expected', () => {
  const says = async (work: Promise<unknown>) => (await dependencyError(work)).message

  it('says that a page is not JSON', async () => {
    const server = await web((_, response) => sendPage(response))
    expect(await says(reader(server.url).json(REQUEST, soon()))).toBe(
      `System at ${server.url} answered 200 with text/html where JSON was expected: is the API path right for its version?`,
    )
  })

  it('says what a status means when no JSON comes with it', async () => {
    const sentences: Record<number, string> = {
      302: 'points to another address (302 Found), which is not followed: configure the final one',
      401: 'asks for credentials (401 Unauthorized), and none are configured',
      403: 'does not allow this with the configured credentials (403 Forbidden)',
      404: 'has nothing at /api/thing (404 Not Found): is its address right, with the prefix of its paths?',
      429: 'is asked too often (429 Too Many Requests)',
      500: 'failed (500 Internal Server Error)',
      503: 'is not available (503 Service Unavailable)',
    }
    for (const [status, sentence] of Object.entries(sentences)) {
      const server = await web((_, response) => sendPage(response, Number(status)))
      expect(await says(reader(server.url).json(REQUEST, soon()))).toBe(`System at ${server.url} ${sentence}`)
    }
  })

  it('does not follow a redirect', async () => {
    const other = await web((_, response) => sendJson(response, {}))
    const server = await web((_, response) => {
      response.writeHead(307, { location: `${other.url}/api/thing` }).end()
    })
    const error = await dependencyError(reader(server.url).json(REQUEST, soon()))
    expect(error.message).toContain('which is not followed')
    expect(other.heard).toEqual([])
  })

  it('says that JSON is cut off, without repeating it', async () => {
    const server = await web((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(`{"password":"${CANARY}`)
    })
    const error = await dependencyError(reader(server.url).json(REQUEST, soon()))
    expect(error.message).toBe(`System at ${server.url} answered with JSON that is cut off or malformed`)
    expect(everythingOf(error)).not.toContain(CANARY)
  })

  it('says that a system failed, whatever it calls the body of its failure', async () => {
    const server = await web((_, response) => {
      response.writeHead(500, { 'content-type': 'application/json' }).end(`oops ${CANARY}`)
    })
    const error = await dependencyError(reader(server.url).json(REQUEST, soon()))
    expect(error.message).toBe(`System at ${server.url} failed (500 Internal Server Error)`)
    expect(everythingOf(error)).not.toContain(CANARY)
  })

  it('says that the connection was closed in the middle of the answer', async () => {
    const server = await web((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write('{"a":')
      setTimeout(() => response.destroy(), 20)
    })
    const error = await dependencyError(reader(server.url).json(REQUEST, soon()))
    expect(error.message).toBe(`System at ${server.url} closed the connection before its answer was whole`)
    expect(error.retryable).toBe(true)
  })

  it('takes no answer that is announced or turns out to be too long', async () => {
    const announced = await web((_, response) => sendJson(response, 'x'.repeat(2_000)))
    const endless = await web((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const more = () => response.write('x'.repeat(500)) && setImmediate(more)
      more()
      response.on('drain', more)
    })
    for (const server of [announced, endless]) {
      expect(await says(reader(server.url, { maxBytes: 1_000 }).json(REQUEST, soon()))).toBe(
        `System at ${server.url} sent an answer that is longer than 1000 bytes, which is not taken`,
      )
    }
  })

  it('names the first thing that an answer lacks, without its values', async () => {
    const server = await web((_, response) => sendJson(response, { list: [{ name: 1, secret: CANARY }] }))
    const http = reader(server.url)
    const { body } = await http.json(REQUEST, soon())
    const shape = z.object({ list: z.array(z.object({ name: z.string() })) })
    expect(() => http.understand(shape, body, REQUEST)).toThrow(
      `System at ${server.url} answered /api/thing in a form that is not understood (list.0.name: Invalid input: expected string, received number)`,
    )
  })
})

describe('when nothing answers', () => {
  it('says that the connection was refused', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const error = await dependencyError(reader(url).json(REQUEST, soon()))
    expect(error).toMatchObject({
      message: `System at ${url} refused the connection`,
      dependency: 'system',
      operation: 'ask',
      retryable: true,
    })
  })

  it('says that a host name does not exist', async () => {
    const error = await dependencyError(reader('http://nowhere.invalid').json(REQUEST, soon()))
    expect(error.message).toMatch(/^System at http:\/\/nowhere\.invalid has a host name that /)
  })

  it('gives up on a server that hangs when the caller does', async () => {
    const server = await socket()
    const error = await dependencyError(reader(server.url).json(REQUEST, AbortSignal.timeout(100)))
    expect(error.message).toMatch(/^System at http:\S+ did not answer within 0\.\d s$/)
    expect(error.retryable).toBe(true)
  })

  it('gives up by itself when the caller has no end', async () => {
    const server = await socket()
    const http = reader(server.url, { timeoutMs: 100 })
    const error = await dependencyError(http.json(REQUEST, new AbortController().signal))
    expect(error.message).toContain('did not answer within 0.')
  })

  it('gives up on an answer that trickles', async () => {
    const server = await web((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const drop = setInterval(() => response.write(' '), 10)
      response.on('close', () => clearInterval(drop))
    })
    const error = await dependencyError(reader(server.url).json(REQUEST, AbortSignal.timeout(150)))
    expect(error.message).toContain('did not answer within 0.')
  })

  it('says that something does not speak HTTP', async () => {
    const server = await socket((connection) => connection.end('220 mail ESMTP\r\n'))
    const error = await dependencyError(reader(server.url).json(REQUEST, soon()))
    expect(error.message).toBe(`System at ${server.url} does not speak HTTP`)
  })

  it('asks again when a connection that it kept turns out to be closed', async () => {
    let connections = 0
    const server = await socket((connection) => {
      connections += 1
      const first = connections === 1
      let asked = 0
      connection.on('data', () => {
        asked += 1
        if (first && asked === 2) return connection.destroy()
        connection.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}')
      })
    })
    const http = reader(server.url)
    await http.json(REQUEST, soon())
    expect(await http.json(REQUEST, soon())).toEqual({ status: 200, body: {} })
    expect(connections).toBe(2)
  })

  it.each(['ftp://host', 'prometheus:9090', '', 'not an address'])(
    'does not take %j for an address',
    async (address) => {
      const error = await dependencyError(reader(address).json(REQUEST, soon()))
      expect(error.message).toBe('System has an address that is not an http or https one')
    },
  )
})

describe('credentials', () => {
  const source = (text: string) => async () => new Secret(text)

  it('are sent as a bearer token or by basic authentication', async () => {
    const server = await web((_, response) => sendJson(response, {}))
    const ask = (credentials: ReturnType<typeof basic> | undefined, address = server.url) =>
      createHttpReader({ name: 'System', address, credentials }).json(REQUEST, soon())
    await ask(bearer(source(CANARY)))
    await ask(basic('bakery', source('pässword')))
    await ask(undefined, server.url.replace('//', '//user:p%40ss@'))
    expect(server.heard.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${CANARY}`,
      `Basic ${Buffer.from('bakery:pässword').toString('base64')}`,
      `Basic ${Buffer.from('user:p@ss').toString('base64')}`,
    ])
  })

  it('are in no error, wherever they came from', async () => {
    const server = await web((_, response) => sendJson(response, {}, 401))
    const port = await freePort()
    const addresses = [server.url, `http://127.0.0.1:${port}`, `http://user:${CANARY}@127.0.0.1:${port}`]
    for (const address of addresses) {
      const http = createHttpReader({ name: 'System', address, credentials: bearer(source(CANARY)) })
      const errors = [
        http.refusal(REQUEST, 401),
        await dependencyError(
          http.json(REQUEST, soon()).then(() => Promise.reject(http.refusal(REQUEST, 401))),
        ),
      ]
      for (const error of errors) expect(everythingOf(error)).not.toContain(CANARY)
    }
    const inAddress = createHttpReader({ name: 'System', address: `http://user:${CANARY}@127.0.0.1:${port}` })
    const error = await dependencyError(inAddress.json(REQUEST, soon()))
    expect(everythingOf(error)).not.toContain(CANARY)
    expect(error.message).toBe(`System at http://127.0.0.1:${port} refused the connection`)
  })

  it('that no header can carry are not repeated', async () => {
    const http = createHttpReader({
      name: 'System',
      address: 'http://127.0.0.1:1',
      credentials: bearer(source(`${CANARY}\nsecond line`)),
    })
    const error = await dependencyError(http.json(REQUEST, soon()))
    expect(error.message).toContain('a line break perhaps')
    expect(everythingOf(error)).not.toContain(CANARY)
  })

  it('are read again when they are refused, and tried again only when they have changed', async () => {
    const server = await web(({ headers }, response) =>
      sendJson(response, {}, headers.authorization === 'Bearer new' ? 200 : 401),
    )
    let text = 'old'
    let reads = 0
    const secret = async () => {
      reads += 1
      return new Secret(text)
    }
    const http = createHttpReader({ name: 'System', address: server.url, credentials: bearer(secret) })
    expect((await http.json(REQUEST, soon())).status).toBe(401)
    expect(server.heard).toHaveLength(1)
    text = 'new'
    expect((await http.json(REQUEST, soon())).status).toBe(200)
    expect((await http.json(REQUEST, soon())).status).toBe(200)
    expect(server.heard).toHaveLength(4)
    expect(reads).toBe(3)
  })
})
