import type { State } from './state.ts'

/** What Slack does to typed text before an app sees it (`should_escape`): names become ids, addresses become links. */
export function escapeTyped(state: State, typed: string): string {
  const people = new Map([...state.people.values()].map(({ name, id }) => [name, `<@${id}|${name}>`]))
  const groups = new Map(
    [...state.groups.values()].map(({ handle, id }) => [handle, `<!subteam^${id}|@${handle}>`]),
  )
  const channels = new Map([...state.channels.values()].map(({ name, id }) => [name, `<#${id}|${name}>`]))
  people.set('bakery', `<@${state.bot.id}|bakery>`)
  return typed
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/(^|\s)@([a-z0-9._-]+)/g, (all, space, name) =>
      replaced(all, space, people.get(name) ?? groups.get(name)),
    )
    .replace(/(^|\s)#([a-z0-9_-]+)/g, (all, space, name) => replaced(all, space, channels.get(name)))
    .replace(/\bhttps?:\/\/[^\s|"']+/g, (address) => `<${address}>`)
}

const replaced = (all: string, space: string, mention: string | undefined): string =>
  mention === undefined ? all : space + mention

/** What a person typed as a message, as Slack keeps it: mentions by id, no labels. */
export const escapeMessage = (state: State, typed: string): string =>
  escapeTyped(state, typed).replace(/<([@#!][^|>]+)\|[^>]*>/g, '<$1>')
