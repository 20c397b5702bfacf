/**
 * Secrets as they are typed: on command lines that end up in a log, in a server's own configuration, and in a sentence.
 * Each pattern begins with a word that is rare in a log, and is bounded as those of scrub-rules.ts are.
 */

const WORD = '[^\\s"\'`]'
/** Letters and digits in one word: what a sentence says of a password has seldom both, and a password nearly always. */
const MIXED = `(?=${WORD}{0,200}\\d)(?=${WORD}{0,200}[A-Za-z])${WORD}{6,500}`
/** What may stand between a program's name and its option. */
const BETWEEN = '[^\\n|;]{0,200}?\\s'
/** A port or an address is no secret: `docker run -p 8080:80`. */
const NO_PORT = '(?![\\d.:]{1,60}(?:/(?:tc|ud)p)?(?:\\s|$))'

const pattern = (text: string, flags = 'gi'): RegExp => new RegExp(text, flags)

export const COMMANDS: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  {
    name: 'user and password',
    pattern: pattern(
      `(?:^|\\s)(?:-u|--(?:proxy-)?user)[\\s=]?["']?[\\w.@-]{1,100}:${NO_PORT}(?<secret>${WORD}{3,500})`,
      'g',
    ),
  },
  {
    name: 'option of a client',
    pattern: pattern(
      `\\b(?:(?:mysql|mariadb)\\w{0,10}\\b${BETWEEN}-p|redis-cli\\b${BETWEEN}-a\\s{1,3}|(?:sshpass|docker|podman)\\b${BETWEEN}-p\\s{0,3})["']?${NO_PORT}(?<secret>${WORD}{3,500})`,
      'g',
    ),
  },
  {
    name: 'argument of a tool',
    pattern: pattern(
      `\\b(?:rabbitmqctl\\b${BETWEEN}(?:add_user|change_password|authenticate_user)\\s{1,3}\\S{1,100}|htpasswd\\s{1,3}-\\w{0,5}b\\w{0,5}\\s{1,3}\\S{1,200}\\s{1,3}\\S{1,100})\\s{1,3}["']?(?<secret>${WORD}{2,500})`,
    ),
  },
  {
    name: 'configuration of redis',
    pattern: pattern(`\\b(?:requirepass|masterauth|primaryauth)\\s{1,3}["']?(?<secret>${WORD}{2,500})`),
  },
  { name: 'user of redis', pattern: pattern(`\\s(?:on|off)\\s{1,3}[>#](?<secret>${WORD}{3,500})`) },
  {
    name: 'login of a protocol',
    pattern: pattern(
      `\\bAUTH\\s{1,3}(?:[\\w-]{1,60}\\s{1,3})?(?<secret>(?=${WORD}{0,200}\\d)${WORD}{8,500})`,
      'g',
    ),
  },
  {
    name: 'login of mail',
    pattern: pattern('\\bAUTH\\s{1,3}(?:PLAIN|LOGIN|XOAUTH2)\\s{1,3}(?<secret>[A-Za-z0-9+/=]{8,2000})', 'g'),
  },
  {
    name: 'authorization by scheme',
    pattern: pattern(
      `authorization["']{0,2}\\s{0,2}[:=]\\s{0,2}["']?(?:bearer|basic|token)\\s{1,3}(?<secret>[\\w.~+/=-]{8,4000})`,
    ),
  },
  {
    name: 'in a sentence',
    pattern: pattern(
      `(?:password|passwd|passphrase)\\s{1,3}(?:(?:is|was|to|of)\\s{1,3})?["'\`]?(?<secret>${MIXED})`,
    ),
  },
]
