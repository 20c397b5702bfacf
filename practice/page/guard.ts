import type { IncomingMessage } from 'node:http'

/**
 * The page listens on loopback only, and answers only to itself: a request must name this host and port (a name that was
 * rebound to 127.0.0.1 does not), and whatever changes something must come from the page's own origin.
 */
export function refusal(request: IncomingMessage, port: number): string | null {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  if (!hosts.includes(request.headers.host ?? ''))
    return `this page is at http://127.0.0.1:${port} and nowhere else`
  if (request.method === 'GET' || request.method === 'HEAD') return null
  const origin = request.headers.origin
  if (origin !== undefined && !hosts.map((host) => `http://${host}`).includes(origin))
    return 'this came from another site'
  if (!(request.headers['content-type'] ?? '').startsWith('application/json'))
    return 'expected application/json'
  return null
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
