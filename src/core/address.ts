export interface HostPort {
  readonly host: string
  readonly port: number
}

/** `host:port`, `[::1]:port` or a host alone; null when it is none of them. */
export function parseHostPort(text: string, defaultPort: number): HostPort | null {
  const match = /^(?:\[(?<v6>[0-9A-Fa-f:.]+)\]|(?<name>[^\s:/@[\]]+))(?::(?<port>\d{1,5}))?$/.exec(text)
  const host = match?.groups?.v6 ?? match?.groups?.name
  if (host === undefined) return null
  const port = match?.groups?.port === undefined ? defaultPort : Number(match.groups.port)
  return port >= 1 && port <= 65_535 ? { host, port } : null
}

/** As it is shown to people. */
export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** A web address taken apart, so that what is shown never holds what only the request may hold. */
export interface BaseUrl {
  /** Without credentials, query, fragment and closing slash: safe to show, and what paths are joined to. */
  readonly shown: string
  /** `user:password` when the address had them. */
  readonly credentials: string | null
}

/** The base of an HTTP API; null when it is not an http or https address. */
export function parseBaseUrl(text: string): BaseUrl | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null
  const named = url.username !== '' || url.password !== ''
  const credentials = named ? `${decode(url.username)}:${decode(url.password)}` : null
  return { shown: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, credentials }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
