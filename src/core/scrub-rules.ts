import { COMMANDS } from './scrub-commands.ts'

/**
 * Shapes by which secrets give themselves away. A rule masks its group `secret`, or the whole match where it has none. Every
 * pattern is bounded so that a hostile line costs no more than a long one.
 */
export interface Rule {
  readonly name: string
  readonly pattern: RegExp
  /**
   * How its end is known. `shape`: by its characters; `mark`: by a closing quote or an at sign; both are also looked for across
   * any line break. `open`: it goes on to the next blank. `block`: it has many lines, and its rule sees them.
   */
  readonly ends: 'shape' | 'mark' | 'open' | 'block'
  /** What every match holds: only a text that holds it is searched, where the search itself is dear. */
  readonly literal?: string
}

const shape = (name: string, pattern: RegExp): Rule => ({ name, pattern, ends: 'shape' })
const mark = (name: string, pattern: RegExp): Rule => ({ name, pattern, ends: 'mark' })
const open = (name: string, pattern: RegExp): Rule => ({ name, pattern, ends: 'open' })

/** Tokens with a prefix of their maker's. Sources: the makers' documents on secret scanning; gitleaks' rules name the same. */
const TOKENS: readonly Rule[] = [
  shape('aws access key', /(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16}/g),
  shape('github', /(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{22,255})/g),
  shape('gitlab', /gl(?:pat|dt|rt|cbt|ptt|ft|soat)-[\w-]{20,200}/g),
  shape('slack', /xox[abeoprs]-[\w.-]{10,300}|xapp-\d-[\w-]{10,300}|xoxe\.xox[bp]-[\w-]{10,300}/g),
  shape('slack webhook', /hooks\.slack\.com\/(?<secret>(?:services|workflows|triggers)\/[\w/-]{20,200})/g),
  shape('google', /AIza[\w-]{35}|ya29\.[\w-]{20,300}|GOCSPX-[\w-]{20,60}/g),
  shape('stripe', /(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,200}|whsec_[A-Za-z0-9+/=]{20,100}/g),
  shape('model providers', /sk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_-]{20,250}/g),
  shape('sendgrid', /SG\.[\w-]{16,64}\.[\w-]{16,64}/g),
  shape('mailgun', /\bkey-[0-9a-f]{32}\b/g),
  shape('twilio', /\bSK[0-9a-f]{32}\b/g),
  shape('npm', /npm_[A-Za-z0-9]{30,100}/g),
  shape('pypi', /pypi-[A-Za-z0-9_-]{40,300}/g),
  shape('vault', /hv[sbr]\.[\w-]{20,300}/g),
  { ...shape('terraform', /[A-Za-z0-9]{14}\.atlasv1\.[\w-]{40,100}/g), literal: '.atlasv1.' },
  shape('digitalocean', /do[opr]_v1_[0-9a-f]{64}/g),
  shape('shopify', /shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}/g),
  shape('grafana', /gl(?:c|sa)_[A-Za-z0-9_+/=]{20,200}/g),
  shape('databricks', /\bdapi[0-9a-f]{32}\b/g),
  shape('linear, figma, doppler', /(?:lin_api_|figd_|dp\.(?:pt|st|ct)\.)[A-Za-z0-9_-]{20,100}/g),
  shape('new relic', /NRAK-[A-Z0-9]{27}/g),
  shape('telegram', /\b\d{8,10}:[A-Za-z0-9_-]{35}\b/g),
  shape('age', /AGE-SECRET-KEY-1[A-Z0-9]{58}/g),
  shape('tailscale', /tskey-[a-z]{3,10}-[\w-]{16,80}/g),
  shape('json web token', /eyJ[\w-]{8,500}\.[\w-]{8,8000}(?:\.[\w-]{0,4000})?/g),
  shape('password hash', /\$(?:2[aby]|argon2(?:id|i|d)|5|6|y|scrypt)\$[^\s"',;]{20,300}/g),
  shape('scram hash', /SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=:$]{40,300}/g),
]

/** A block from its first line to its last, or to the end where the log was cut. */
const BLOCKS: readonly Rule[] = [
  {
    name: 'pem',
    ends: 'block',
    pattern:
      /-{4,5}BEGIN[A-Z0-9 ]{1,60}-{4,5}(?:(?:(?!-{4,5}BEGIN)[\s\S]){0,20000}?-{4,5}END[A-Z0-9 ]{1,60}-{4,5}|(?:(?:\\[rn]|\s){0,8}[A-Za-z0-9+/=]{20,100}){0,200})/g,
  },
]

/** Names whose value is a secret; what stands before them in one word (`DB_PASSWORD`) does not matter. */
const NAMES =
  'pass(?:word|wd|wort|phrase|code)|(?<![A-Za-z])pass|pwd(?!\\W{1,4}/)|secret|token|api[_-]?key|access[_-]?key(?:[_-]?id)?|account[_-]?key|shared[_-]?access[_-]?key|' +
  'cli[_-]?auth|private[_-]?key|signing[_-]?key|encryption[_-]?key|secret[_-]?key|auth[_-]?key|jwt[_-]?(?:secret[_-]?)?key|session[_-]?key|master[_-]?key|' +
  'credentials?|connection[_-]?string|client[_-]?secret|otp|pin[_-]?code'
/** What stands there when there is no secret to see. */
const NOTHING =
  '(?!(?:null|none|nil|true|false|undefined|empty|unset|required|missing|invalid|expired|redacted|masked|hidden|string|yes|no|not|is|was|and|or|for|of|in|the)\\b|[*•x]{3,}|<|\\[(?:masked|redacted|filtered)|\\$\\{|%\\()'
const EQUALS = '(?:=|%3D|=>|:=)'

const ASSIGNMENTS: readonly Rule[] = [
  mark(
    'quoted',
    new RegExp(
      `(?:${NAMES})["'\\\\]{0,4}\\s{0,3}(?::|${EQUALS})\\s{0,3}\\\\?(?<quote>["'\`])${NOTHING}(?<secret>[^\\r\\n]{1,500}?)\\\\?\\k<quote>`,
      'gi',
    ),
  ),
  open(
    'assigned',
    new RegExp(`(?:${NAMES})["'\\\\]{0,4}\\s?${EQUALS}\\s?${NOTHING}(?<secret>[^\\s"'\`&]{1,500})`, 'gi'),
  ),
  open(
    'told',
    new RegExp(
      `(?:${NAMES})["'\\\\]{0,4}:\\s{0,3}${NOTHING}(?<secret>(?=[^\\s]{0,200}[0-9A-Z!@#$%^&+/_])[^\\s"'\`,;]{6,500})`,
      'gi',
    ),
  ),
  open(
    'a line of yaml',
    new RegExp(
      `(?:^|\\n)[ \\t-]{0,40}[\\w.-]{0,60}?(?:${NAMES}):[ \\t]{1,3}${NOTHING}(?<secret>[^\\s"'\`]{3,500})(?=[ \\t]*(?:\\n|$))`,
      'gi',
    ),
  ),
  open(
    'option',
    new RegExp(`--(?:[\\w-]{0,40}-)?(?:${NAMES})\\s${NOTHING}(?<secret>[^\\s"'\`-][^\\s"'\`]{2,500})`, 'gi'),
  ),
  mark('sql', /(?:password|identified by)\s{1,3}'(?<secret>[^'\n]{1,300})'/gi),
]

const HEADERS: readonly Rule[] = [
  open('authorization', /\b(?:bearer|basic)\s{1,3}(?<secret>(?=[\w.~+/=-]{0,200}\d)[\w.~+/=-]{8,4000})/gi),
  open(
    'authorization header',
    /authorization["']{0,2}\s{0,2}[:=]\s{0,2}["']?(?:bearer|basic|token|digest|apikey|negotiate|aws4-hmac-sha256)?\s{0,3}(?<secret>(?=[^\s"',]{0,200}\d)[^\s"',]{4,4000})/gi,
  ),
  open(
    'cookie header',
    /(?:set-)?cookie["']{0,2}\s{0,2}:\s{0,2}["']?(?<secret>[^\s="']{1,100}=[^\r\n"']{3,4000})/gi,
  ),
  open(
    'key header',
    /x-(?:api|auth|access|vault|amz-security)-(?:key|token)["']{0,2}\s{0,2}[:=]\s{0,2}["']?(?<secret>[^\s"',]{4,2000})/gi,
  ),
]

const ADDRESSES: readonly Rule[] = [
  mark(
    'password in an address',
    /:\/\/[^\s:@/"'<>]{0,200}:(?!\d{2,5}(?:[/?]|$))(?<secret>[^\s"'<>]{1,500})@(?=[\w.[-])/g,
  ),
  open(
    'signed address',
    /[?&](?:sig|signature|x-amz-signature|x-goog-signature|x-amz-credential|token|key|code)=(?<secret>[^\s"'&<>]{12,1000})/gi,
  ),
]

export const RULES: readonly Rule[] = [
  ...BLOCKS,
  ...TOKENS,
  ...ASSIGNMENTS,
  ...HEADERS,
  ...ADDRESSES,
  ...COMMANDS.map(({ name, pattern }) => open(name, pattern)),
]
