import { type Json, string, truthy } from '../json.ts'
import type { State } from '../state.ts'
import type { Group, Person } from '../workspace.ts'
import { lacks, type Method, ok, refuse } from './method.ts'

/** A user as users.info answers; what tells guests, strangers, bots and the deactivated apart is all here. */
export function userObject(state: State, person: Person): Json {
  const guest = person.kind === 'guest'
  const stranger = person.kind === 'external'
  const bot = person.kind === 'bot'
  return {
    id: person.id,
    team_id: person.team,
    name: person.name,
    deleted: person.kind === 'deactivated',
    real_name: person.realName,
    tz: 'Europe/Madrid',
    profile: {
      real_name: person.realName,
      display_name: person.name,
      email: `${person.name}@${stranger ? 'flour-mill' : 'bakery-ia'}.example`,
      title: person.title,
      team: person.team,
    },
    ...(person.kind === 'deactivated'
      ? {}
      : {
          is_admin: false,
          is_owner: false,
          is_primary_owner: false,
          is_restricted: guest,
          is_ultra_restricted: guest,
        }),
    is_bot: bot,
    is_app_user: false,
    updated: Math.floor(Date.now() / 1000),
    ...(stranger && person.team !== state.team.id ? { is_stranger: true } : {}),
  }
}

const botObject = (state: State): Json =>
  userObject(state, {
    id: state.bot.id,
    name: 'bakery',
    realName: state.bot.name,
    kind: 'bot',
    team: state.team.id,
    title: 'app',
  })

const usersInfo: Method = async (desk, body) => {
  const missing = lacks(desk, 'users:read')
  if (missing !== null) return missing
  const id = string(body.user)
  if (id === desk.state.bot.id) return ok({ user: botObject(desk.state) })
  const person = desk.state.people.get(id)
  return person === undefined ? refuse('user_not_found') : ok({ user: userObject(desk.state, person) })
}

const usersList: Method = async (desk) => {
  const missing = lacks(desk, 'users:read')
  const everybody = [...desk.state.people.values()].filter(({ kind }) => kind !== 'external')
  const users = [...everybody.map((person) => userObject(desk.state, person)), botObject(desk.state)]
  return missing ?? ok({ members: users, response_metadata: { next_cursor: '' } })
}

/** A user group as usergroups.list and the subteam events carry it. */
export function groupObject(state: State, group: Group, withUsers: boolean): Json {
  return {
    id: group.id,
    team_id: state.team.id,
    is_usergroup: true,
    is_subteam: true,
    name: group.name,
    handle: group.handle,
    date_delete: 0,
    user_count: group.members.length,
    ...(withUsers ? { users: [...group.members] } : {}),
  }
}

const groupsList: Method = async (desk, body) => {
  const missing = lacks(desk, 'usergroups:read')
  const withUsers = truthy(body.include_users)
  const usergroups = [...desk.state.groups.values()].map((group) => groupObject(desk.state, group, withUsers))
  return missing ?? ok({ usergroups })
}

const groupMembers: Method = async (desk, body) => {
  const missing = lacks(desk, 'usergroups:read')
  if (missing !== null) return missing
  const group = desk.state.groups.get(string(body.usergroup))
  return group === undefined ? refuse('no_such_subteam') : ok({ users: [...group.members] })
}

export const people: Readonly<Record<string, Method>> = {
  'users.info': usersInfo,
  'users.list': usersList,
  'usergroups.list': groupsList,
  'usergroups.users.list': groupMembers,
}
