import type { IncomingMessage } from 'node:http'

/**
 * The page listens on loopback only, and answers only to itself: a request must name this host and port (a name that was
 * rebound to 127.0.0.1 does not), and whatever changes something must come from the page's own origin, or from a program
 * that is no browser. A browser says where a request comes from (`Origin`, `Sec-Fetch-Site`), and no page of another site
 * can keep it from doing so.
 */
export function refusal(request: IncomingMessage, port: number): string | null {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const { host, origin } = request.headers
  if (!hosts.includes(host ?? '')) return `this page is at http://127.0.0.1:${port} and nowhere else`
  if (request.method === 'GET' || request.method === 'HEAD') return null
  if (origin !== undefined && !hosts.map((one) => `http://${one}`).includes(origin))
    return 'this came from another site'
  if (!['same-origin', 'none', undefined].includes(siteOf(request))) return 'this came from another site'
  if (!isJson(request)) return 'expected application/json, or no body at all'
  return null
}

const siteOf = ({ headers }: IncomingMessage): string | undefined => {
  const site = headers['sec-fetch-site']
  return Array.isArray(site) ? site.join() : site
}

/** A form's type is never taken; a request that carries nothing needs to say nothing about it. */
function isJson({ headers }: IncomingMessage): boolean {
  const type = headers['content-type']
  if (type !== undefined) return type.startsWith('application/json')
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0
}

/** Scripts and styles only from this server, nothing inline but the style attributes of drawn blocks, nothing from outside. */
export const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; " +
    "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
} as const
