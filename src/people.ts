import type { Platform } from './platform.ts'

/** The person behind a Slack id: the name that `people:` gives several ids, else the id itself. */
export function personOf(platform: Platform): (user: string) => string {
  const names = new Map(platform.people.flatMap(({ name, slack }) => slack.map((id) => [id, name] as const)))
  return (user) => names.get(user) ?? user
}

/** Slack ids of the owners that the file names. */
export function ownerIds(platform: Platform): ReadonlySet<string> {
  return new Set(platform.owners.flatMap((owner) => idsOf(platform, owner)))
}

/** What the file plants in an empty database, with names turned into Slack ids. */
export function seedsOf(platform: Platform) {
  const channel = (key: string) => new Map(Object.entries(platform.channels)).get(key) ?? key
  const grants = platform.grants.flatMap(({ to, channel: where, role }) =>
    idsOf(platform, to).map((id) => ({ ...subject(id), channel: channel(where), role })),
  )
  return {
    owners: [...ownerIds(platform)],
    grants,
    bindings: platform.bindings.map((binding) => ({ ...binding, channel: channel(binding.channel) })),
  }
}

function idsOf(platform: Platform, name: string): readonly string[] {
  return platform.people.find((person) => person.name === name)?.slack ?? [name]
}

/** A user group's id begins with S (https://docs.slack.dev/reference/objects/usergroup-object). */
function subject(id: string): { user: string | null; group: string | null } {
  return id.startsWith('S') ? { user: null, group: id } : { user: id, group: null }
}
