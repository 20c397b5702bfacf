/** The practice workspace: who is there and which channels they have. Fixed ids, so that configuration can name them. */

export type PersonKind = 'member' | 'guest' | 'external' | 'bot' | 'deactivated'

export interface Person {
  readonly id: string
  /** As typed after `@`. */
  readonly name: string
  readonly realName: string
  readonly kind: PersonKind
  readonly team: string
  /** What the page shows beside the name; nothing is decided by it. */
  readonly title: string
}

export interface Channel {
  readonly id: string
  readonly name: string
  readonly topic: string
  readonly members: readonly string[]
  /** Slack Connect: shared with another company. */
  readonly shared: boolean
  readonly archived: boolean
}

export interface Group {
  readonly id: string
  readonly handle: string
  readonly name: string
  readonly members: readonly string[]
}

export interface Workspace {
  readonly team: { readonly id: string; readonly name: string; readonly domain: string }
  readonly bot: { readonly id: string; readonly botId: string; readonly appId: string; readonly name: string }
  readonly people: readonly Person[]
  readonly channels: readonly Channel[]
  readonly groups: readonly Group[]
}

const TEAM = 'T0BAKERY'
const PARTNER = 'T0PARTNER'
const BOT = 'U0BAKERY'
const COLLEAGUES = ['U0OLIVIA', 'U0ANA', 'U0MARCO', 'U0VERA', 'U0AUDE'] as const

const person = (id: string, realName: string, title: string, kind: PersonKind = 'member'): Person => ({
  id,
  name: realName.split(' ')[0]?.toLowerCase() ?? id,
  realName,
  kind,
  team: kind === 'external' ? PARTNER : TEAM,
  title,
})

const channel = (id: string, name: string, topic: string, members: readonly string[]): Channel => ({
  id,
  name,
  topic,
  members,
  shared: false,
  archived: false,
})

/** The workspace that `npm run practice` starts with; platform.example.yaml names the same ids. */
export const bakeryIa: Workspace = {
  team: { id: TEAM, name: 'Bakery-IA (practice)', domain: 'bakery-ia-practice' },
  bot: { id: BOT, botId: 'B0BAKERY', appId: 'A0BAKERY', name: 'Bakery' },
  people: [
    person('U0OLIVIA', 'Olivia Ortega', 'owner'),
    person('U0ANA', 'Ana Aguirre', 'admin, databases'),
    person('U0MARCO', 'Marco Molina', 'member, on call'),
    person('U0VERA', 'Vera Vidal', 'viewer'),
    person('U0AUDE', 'Aude Arnaud', 'auditor'),
    person('U0GUS', 'Gus Garay', 'guest', 'guest'),
    person('U0EVE', 'Eve Evans', 'other company', 'external'),
    person('U0DORA', 'Dora Duarte', 'left the company', 'deactivated'),
  ],
  channels: [
    channel('C0OPERATIONS', 'operations', 'The platform, day to day', [...COLLEAGUES, 'U0GUS', BOT]),
    channel('C0DIGEST', 'morning-digest', 'One report every morning', [...COLLEAGUES, BOT]),
    channel('C0SECURITY', 'security', 'Grants, refusals, the audit log', [...COLLEAGUES, BOT]),
    channel('C0RANDOM', 'random', 'Not about work; Bakery is not here', COLLEAGUES),
    {
      ...channel('C0SHARED', 'partner-flour-mill', 'Flour orders and deliveries', [
        ...COLLEAGUES,
        'U0EVE',
        BOT,
      ]),
      shared: true,
    },
  ],
  groups: [
    { id: 'S0ONCALL', handle: 'oncall', name: 'On call', members: ['U0MARCO', 'U0ANA'] },
    { id: 'S0DBA', handle: 'dba', name: 'Database administrators', members: ['U0ANA'] },
    { id: 'S0AUDIT', handle: 'audit', name: 'Auditors', members: ['U0AUDE'] },
  ],
}
