/**
 * Response URLs come out of a request's body, so they are addresses that somebody else chose. Bakery posts only to Slack's
 * own hosts, and to the origin of SLACK_API_URL (practice, tests).
 */

const SLACK_HOSTS: ReadonlySet<string> = new Set(['hooks.slack.com', 'hooks.slack-gov.com'])

/** The longest URL that is looked at; Slack's own have about 100 characters. */
const LONGEST = 2_000

/** Makes the check. `apiUrl` is SLACK_API_URL; only its origin counts. */
export function createResponseUrlCheck(apiUrl: string): (url: unknown) => url is string {
  const ownOrigin = new URL(apiUrl).origin
  return (url): url is string => {
    if (typeof url !== 'string' || url.length > LONGEST || /[^\x21-\x7e]|\\/.test(url)) return false
    const parsed = URL.canParse(url) ? new URL(url) : null
    if (parsed?.username !== '' || parsed.password !== '') return false
    if (parsed.origin === ownOrigin) return true
    return parsed.protocol === 'https:' && parsed.port === '' && SLACK_HOSTS.has(parsed.hostname)
  }
}
