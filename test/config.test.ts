import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { botConfig, migrateConfig, terminalConfig } from '../src/config.ts'
import { ConfigurationError } from '../src/faults.ts'
import { parsePlatform, readPlatform } from '../src/platform-file.ts'

const example = readFileSync('platform.example.yaml', 'utf8')

function faultsOf(run: () => unknown): readonly string[] {
  try {
    run()
  } catch (thrown) {
    if (thrown instanceof ConfigurationError) return thrown.faults
    throw thrown
  }
  return []
}

/** The example, damaged, as a file. */
function writeExample(damage: (text: string) => string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'bakery-config-')), 'platform.yaml')
  writeFileSync(file, damage(example))
  onTestFinished(() => rmSync(dirname(file), { recursive: true }))
  return file
}

const complete = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_SIGNING_SECRET: 'secret',
  DATABASE_URL: 'postgres://bakery@127.0.0.1:5432/bakery',
  PLATFORM_FILE: 'platform.example.yaml',
}

describe('the configuration', () => {
  it('is complete with a token, a signing secret, a database and the example file', () => {
    const config = botConfig(complete)
    expect(config.slack).toEqual({
      botToken: 'xoxb-1',
      signingSecret: 'secret',
      appToken: null,
      apiUrl: 'https://slack.com/api/',
      command: '/bakery',
    })
    expect([config.port, config.leaseSeconds, config.platform.namespace]).toEqual([3000, 30, 'bakery-ia'])
  })

  it('reports all faults at once, each with what was found and expected', () => {
    const faults = faultsOf(() =>
      botConfig({ PORT: 'x', LEASE_SECONDS: '0', SLACK_COMMAND: 'Bakery', PLATFORM_FILE: 'nowhere.yaml' }),
    )
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'LEASE_SECONDS',
      'SLACK_BOT_TOKEN',
      'SLACK_COMMAND',
      'PORT',
      'DATABASE_URL',
      'SLACK_SIGNING_SECRET or SLACK_APP_TOKEN',
      'PLATFORM_FILE',
    ])
    for (const fault of faults) expect(fault).toMatch(/: found .+, expected .+/)
  })

  it.each(['SLACK_SIGNING_SECRET', 'SLACK_BOT_TOKEN'])('names the practice workspace without %s', (name) => {
    const faults = faultsOf(() => botConfig({ ...complete, [name]: '' }))
    expect(faults).toEqual([expect.stringContaining('`npm run practice`')])
  })

  it('refuses an audit key that cannot be read, before anything starts', () => {
    expect(faultsOf(() => botConfig({ ...complete, AUDIT_KEY_FILE: 'nowhere.pem' }))).toEqual([
      'AUDIT_KEY_FILE: found that nowhere.pem cannot be read (ENOENT), expected an Ed25519 private key (PKCS#8 PEM)',
    ])
    expect(faultsOf(() => botConfig({ ...complete, AUDIT_KEY_FILE: 'package.json' }))).toEqual([
      'AUDIT_KEY_FILE: found that package.json holds no private key in PEM form, ' +
        'expected an Ed25519 private key (PKCS#8 PEM)',
    ])
  })

  it('refuses a checkpoint folder that cannot be used, and makes one that is missing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bakery-config-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const fault = (AUDIT_CHECKPOINT_DIR: string) =>
      faultsOf(() => botConfig({ ...complete, AUDIT_CHECKPOINT_DIR }))
    const made = join(folder, 'one', 'two')
    expect([fault(made), statSync(made).isDirectory()]).toEqual([[], true])
    const expected = 'expected a folder that this process may write to'
    const file = writeExample((text) => text)
    expect(fault(file)).toEqual([
      `AUDIT_CHECKPOINT_DIR: found ${file}, which cannot be used (ENOTDIR), ${expected}`,
    ])
    expect(fault('/proc/bakery/checkpoints')).toEqual([
      expect.stringMatching(
        /^AUDIT_CHECKPOINT_DIR: found \/proc\/bakery\/checkpoints, which cannot be used \(E[A-Z]+\)/,
      ),
    ])
  })

  it('names every address that this environment does not have', () => {
    const file = writeExample((text) => text.replaceAll(/(REDIS_ADDRESS|PROMETHEUS_URL):-[^']+/g, '$1'))
    const names = faultsOf(() => botConfig({ ...complete, PORT: 'x', PLATFORM_FILE: file })).map(
      (fault) => fault.replace(`${file}.`, '').split(', expected')[0],
    )
    expect(names).toEqual([
      'PORT: found something that is not a number',
      'redis.address: found env:REDIS_ADDRESS',
      'prometheus.url: found env:PROMETHEUS_URL',
    ])
  })

  it('leaves out the line end of the file that a value came from', () => {
    const { slack } = botConfig({
      ...complete,
      SLACK_SIGNING_SECRET: 'secret\n',
      SLACK_BOT_TOKEN: 'xoxb-1\r\n',
    })
    expect([slack.signingSecret, slack.botToken]).toEqual(['secret', 'xoxb-1'])
    expect(faultsOf(() => botConfig({ ...complete, SLACK_BOT_TOKEN: '\n' }))).toHaveLength(1)
  })

  it('never shows a secret or a database’s URL in a fault', () => {
    const faults = faultsOf(() =>
      botConfig({ ...complete, DATABASE_URL: 'mysql://bakery:hunter2@host/db', SLACK_API_URL: 'nonsense' }),
    )
    expect(faults.join('\n')).not.toContain('hunter2')
    expect(faults).toHaveLength(2)
  })

  it('needs nothing of Slack’s in a terminal', () => {
    const { DATABASE_URL, PLATFORM_FILE } = complete
    expect(terminalConfig({ DATABASE_URL, PLATFORM_FILE }).platform.services).toHaveLength(18)
  })

  it('migrates with the bot’s own URL when no other is given', () => {
    expect(migrateConfig({ DATABASE_URL: complete.DATABASE_URL }).adminUrl).toBe(complete.DATABASE_URL)
    expect(
      migrateConfig({ DATABASE_URL: complete.DATABASE_URL, DATABASE_ADMIN_URL: 'postgres://o@h/b' }).adminUrl,
    ).toBe('postgres://o@h/b')
  })
})

describe('the platform file', () => {
  it('describes the guide’s platform in the example', () => {
    const platform = readPlatform('platform.example.yaml')
    expect([platform.services.length, platform.databases.length]).toEqual([18, 14])
    expect(platform.thresholds.connectionsPercent).toEqual({ warning: 80, critical: 90 })
  })

  const broken: [string, (text: string) => string, RegExp][] = [
    [
      'a name that Kubernetes would not take',
      (text) => text.replace('name: gateway', 'name: Gate_Way'),
      /services\.0\.name: found "Gate_Way", expected a lower-case Kubernetes name/,
    ],
    [
      'an unknown key',
      (text) => text.replace('namespace:', 'namespacs:'),
      /found the unknown key "namespacs", expected only the keys/,
    ],
    [
      'an unknown time zone',
      (text) => text.replace('Europe/Madrid', 'Europe/Atlantis'),
      /timeZone: found "Europe\/Atlantis", expected an IANA time zone/,
    ],
    [
      'a service whose database is not listed',
      (text) => text.replace('database: auth-db }', 'database: oath-db }'),
      /services\.1\.database: found "oath-db", expected a name of databases/,
    ],
    [
      'a team that is not there',
      (text) => text.replace('owner: sre', 'owner: nobody'),
      /services\.0\.owner: found "nobody", expected a key of teams/,
    ],
    [
      'an owner who is nobody',
      (text) => text.replace('owners: [olivia]', 'owners: [otto]'),
      /owners\.0: found "otto", expected a name of people or a Slack user id/,
    ],
    [
      'a grant to somebody who is not listed',
      (text) => text.replace('to: marco', 'to: marko'),
      /grants\.1\.to: found "marko", expected a name of people, or the id of a user or a group/,
    ],
    [
      'a grant in a channel that is not there',
      (text) => text.replace('to: ana, channel: operations', 'to: ana, channel: opreations'),
      /grants\.0\.channel: found "opreations", expected a key of channels or a channel's id/,
    ],
    [
      'a binding of a channel that is not there',
      (text) => text.replace('channel: digest, families', 'channel: "#digest", families'),
      /bindings\.1\.channel: found "#digest", expected a key of channels or a channel's id/,
    ],
    [
      'a cron expression that is none',
      (text) => text.replace("'0 7 * * *'", "'99 7 * * *'"),
      /schedules\.morningHealth: found "99 7 \* \* \*", expected a cron expression/,
    ],
    [
      'the same service twice',
      (text) => text.replace('name: tenant-service', 'name: auth-service'),
      /services: found "auth-service" twice, expected each name once/,
    ],
    [
      'levels in the wrong order where more is worse',
      (text) => text.replace('errorRatePercent: { warning: 1', 'errorRatePercent: { warning: 9'),
      /thresholds\.errorRatePercent: found \{"warning":9,"critical":5\}, expected warning not above critical: more is worse/,
    ],
    [
      'levels in the wrong order where less is worse',
      (text) => text.replace('diskFreePercent: { warning: 20', 'diskFreePercent: { warning: 5'),
      /thresholds\.diskFreePercent: found \{"warning":5,"critical":10\}, expected warning above critical: less is worse/,
    ],
    [
      'a key that stands twice',
      (text) => text.replace('version: 1', 'version: 1\nversion: 1'),
      /found a key for the second time at line \d+/,
    ],
    ['text that is not YAML', () => 'services: [', /found text that is not YAML at line 1/],
    ['a document that is not a mapping', () => '- 1', /expected an object/],
  ]
  it.each(broken)('refuses %s', (_, damage, message) => {
    expect(faultsOf(() => parsePlatform(damage(example), 'platform.yaml')).join('\n')).toMatch(message)
  })

  it('says what is wrong between the parts together with what is wrong in one of them', () => {
    const text = example.replace('Europe/Madrid', 'Europe/Atlantis').replace('[olivia]', '[otto]')
    const faults = faultsOf(() => parsePlatform(text.replace("'0 7 * *", "'99 7 * *"), 'platform.yaml'))
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'platform.yaml.timeZone',
      'platform.yaml.owners.0',
      'platform.yaml.schedules.morningHealth',
    ])
  })

  it('says what is wrong between the parts also where one of them is faulty itself', () => {
    const text = example
      .replace('tls: prefer', 'tls: perhaps')
      .replace('name: tenant-db', 'name: auth-db')
      .replace('families: [health, cluster, logs]', 'families: [magic]')
      .replace('channel: security, families', 'channel: secrecy, families')
      .replace('security: C0SECURITY', 'security: lounge')
      .replace("'0 7 * *", "'99 7 * *")
      .replace("'* * * * *'", "'every minute'")
    expect(faultsOf(() => parsePlatform(text, 'p')).map((fault) => fault.split(', expected')[0])).toEqual([
      'p.databases.0.tls: found "perhaps"',
      'p.channels.security: found "lounge"',
      'p.bindings.1.families.0: found "magic"',
      'p.schedules.auditCheckpoint: found "every minute"',
      'p.databases: found "auth-db" twice',
      'p.services.2.database: found "tenant-db"',
      'p.bindings.2.channel: found "secrecy"',
      'p.schedules.morningHealth: found "99 7 * * *"',
    ])
  })

  it('never shows a password that was written into it', () => {
    const text = example.replace("password: 'env:REDIS_PASSWORD'", "password: 'hunter2'")
    const faults = faultsOf(() => parsePlatform(text, 'platform.yaml'))
    expect(faults).toEqual([
      'platform.yaml.redis.password: found a value that is not shown, expected env:NAME, file:PATH or secret:namespace/name#key',
    ])
  })
})
