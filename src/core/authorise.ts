import type { Platform } from '../platform.ts'
import type { AccessSnapshot, Decision } from './access.ts'
import { holdersOf, namesOf, roleIn } from './access-rules.ts'
import type { Ask, UserKind } from './ask.ts'
import type { Command } from './command.ts'
import { RULES, type RuleName } from './policy.ts'
import { type Family, type Role, reaches } from './roles.ts'

/** What a decision is made of. Pure: the same facts always give the same decision. */
export interface AuthorisationFacts {
  readonly command: Pick<Command, 'name' | 'family' | 'role' | 'kind' | 'deed'>
  readonly ask: Pick<Ask, 'actor' | 'channel' | 'surface'>
  readonly snapshot: AccessSnapshot
  readonly platform: Pick<Platform, 'owners' | 'people' | 'environment'>
}

/** Goes through the rules of policy.ts in their order; the first that has an answer gives it. */
export function authorise(facts: AuthorisationFacts): Decision {
  for (const { name } of RULES) {
    const decision = JUDGES[name](facts, name)
    if (decision !== null) return decision
  }
  return refuse('role', 'NO_ROLE', 'No rule allows this.')
}

type Judge = (facts: AuthorisationFacts, rule: RuleName) => Decision | null

const JUDGES: Readonly<Record<RuleName, Judge>> = {
  terminal: judgeTerminal,
  clock: ({ ask }, rule) => (ask.surface === 'schedule' ? allow(rule, null) : null),
  deactivated: refuseKind(
    'deactivated',
    'DEACTIVATED',
    'This account is deactivated. It may do nothing in Bakery.',
  ),
  bot: refuseKind('bot', 'GUEST', 'Bots may do nothing in Bakery. A person has to ask.'),
  guest: refuseKind(
    'guest',
    'GUEST',
    'Guests of the workspace may do nothing in Bakery. Ask a full member to look it up for you.',
  ),
  outsider: refuseKind('external', 'EXTERNAL', 'People of another company may do nothing in Bakery.'),
  'shared channel': judgeShared,
  'unknown person': judgeUnknownPerson,
  help: ({ command, ask, snapshot }, rule) =>
    isHelp(command) ? allow(rule, roleIn(snapshot, ask.actor.user, ask.channel)) : null,
  'no channel': judgeNoChannel,
  'unknown channel': judgeUnknownChannel,
  binding: judgeBinding,
  role: judgeRole,
}

function allow(rule: RuleName, role: Role | null): Decision {
  return { decision: 'allowed', role, rule }
}

type Refusal = Extract<Decision, { decision: 'refused' }>

function refuse(
  rule: RuleName,
  code: Refusal['code'],
  message: string,
  more: { needs?: Role; holders?: readonly string[]; suggestions?: readonly string[] } = {},
): Refusal {
  return { decision: 'refused', rule, code, message, holders: [], suggestions: [], ...more }
}

function refuseKind(kind: UserKind, code: Refusal['code'], message: string): Judge {
  return ({ ask }, rule) => (ask.actor.kind === kind ? refuse(rule, code, message) : null)
}

function judgeTerminal({ ask, command }: AuthorisationFacts, rule: RuleName): Decision | null {
  if (ask.surface !== 'terminal') return null
  if (command.kind === 'query') return allow(rule, null)
  const message = `“${command.name}” changes something. That is done in Slack, where others see it; a terminal only asks.`
  return refuse(rule, 'NO_ROLE', message)
}

function judgeShared({ ask, snapshot }: AuthorisationFacts, rule: RuleName): Decision | null {
  if (ask.channel === null || snapshot.channels.get(ask.channel)?.shared !== true) return null
  const message =
    'This channel is shared with another company, so Bakery does nothing here. Use a channel of your own workspace.'
  return refuse(rule, 'EXTERNAL', message)
}

function judgeUnknownPerson(facts: AuthorisationFacts, rule: RuleName): Decision | null {
  if (facts.ask.actor.kind !== 'unknown') return null
  if (mayAskInNeed(facts)) return allow(rule, 'owner')
  const message =
    'Slack cannot say who you are at the moment, so Bakery cannot tell what you may do. Nothing was done. Try again in a minute.'
  return refuse(rule, 'UNAVAILABLE', message)
}

/** Owners of platform.yaml can ask even when Slack is down: whether the platform stands is what they need to know then. */
function mayAskInNeed({ ask, command, platform }: AuthorisationFacts): boolean {
  return command.kind === 'query' && isNamedOwner(platform, ask.actor.user)
}

/** Whether platform.yaml itself names this Slack id, or its person, as an owner. */
export function isNamedOwner({ owners, people }: Pick<Platform, 'owners' | 'people'>, user: string): boolean {
  const person = people.find(({ slack }) => slack.includes(user))?.name
  return owners.includes(user) || (person !== undefined && owners.includes(person))
}

function isHelp({ family, role }: AuthorisationFacts['command']): boolean {
  return family === 'help' && role === null
}

function judgeNoChannel(
  { command, ask, snapshot, platform }: AuthorisationFacts,
  rule: RuleName,
): Decision | null {
  if (ask.channel !== null) return null
  const message = `“${command.name}” belongs in a channel that is bound to “${command.family}” commands: there it is decided who may use them. ${whereBound(snapshot, command.family, platform.environment)}`
  return refuse(rule, 'NOT_BOUND', message, { suggestions: ['help'] })
}

function judgeUnknownChannel(facts: AuthorisationFacts, rule: RuleName): Decision | null {
  const { ask, snapshot } = facts
  if (ask.channel === null || snapshot.channels.has(ask.channel)) return null
  if (mayAskInNeed(facts)) return allow(rule, 'owner')
  const message =
    'Slack cannot say what channel this is, so it might be shared with others. Nothing was done. Invite Bakery to the channel, or try again in a minute.'
  return refuse(rule, 'UNAVAILABLE', message)
}

function judgeBinding(
  { command, ask, snapshot, platform }: AuthorisationFacts,
  rule: RuleName,
): Decision | null {
  const binding = ask.channel === null ? undefined : snapshot.bindings.get(ask.channel)
  const { family } = command
  const sameEnvironment = binding?.environment === platform.environment
  if (binding?.families.includes(family) === true && sameEnvironment) return null
  const isOwner = roleIn(snapshot, ask.actor.user, ask.channel) === 'owner'
  if (family === 'access' && isOwner) return null
  const why =
    binding !== undefined && !sameEnvironment
      ? `This channel is bound to ${binding.environment}, and this Bakery operates ${platform.environment}.`
      : notBound(command.name, family)
  const owners = holdersOf(snapshot, 'owner', ask.channel)
  const who = owners.length > 0 ? ` An owner can bind this channel: ${namesOf(snapshot, owners)}.` : ''
  return refuse(rule, 'NOT_BOUND', `${why} ${whereBound(snapshot, family, platform.environment)}${who}`, {
    holders: owners,
    suggestions: ['help'],
  })
}

/** Names, not mentions: a refusal must not lead anybody into a channel that they cannot see, only name it. */
function whereBound({ bindings, channels }: AccessSnapshot, family: Family, operated: string): string {
  const names = [...bindings.values()]
    .filter(({ families, environment }) => families.includes(family) && environment === operated)
    .map(({ channel }) => channels.get(channel))
    .flatMap((channel) => (channel === undefined || channel.shared || channel.archived ? [] : [channel.name]))
  if (names.length === 0) return `No channel is bound to “${family}” commands yet.`
  const shown = names.slice(0, 3).map((name) => `#${name}`)
  return `They are bound in ${listed(shown, names.length > shown.length)}.`
}

function notBound(name: string, family: Family): string {
  if (name === family) return `This channel is not bound to “${family}” commands.`
  return `“${name}” is one of the “${family}” commands, and this channel is not bound to them.`
}

function listed(names: readonly string[], more: boolean): string {
  if (more) return `${names.join(', ')} and others`
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function judgeRole({ command, ask, snapshot }: AuthorisationFacts, rule: RuleName): Decision {
  const held = roleIn(snapshot, ask.actor.user, ask.channel)
  const needs = command.role
  if (needs === null || reaches(held, needs)) return allow(rule, held)
  const holders = holdersOf(snapshot, needs, ask.channel)
  const you = held === null ? 'you hold none' : `you are ${held}`
  const who = holders.length > 0 ? ` Who can do it: ${namesOf(snapshot, holders)}.` : ''
  const deed = command.deed ?? `“${command.name}”`
  const message = `${deed} needs the role ${needs} in this channel; ${you}.${who}`
  return refuse(rule, 'NO_ROLE', message, { needs, holders, suggestions: ['whoami'] })
}
