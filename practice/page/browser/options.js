import { desk } from './desk.js'

/** One option as all selects here know it. */
export const ofOption = (option) => ({
  value: option.value,
  label: option.text?.text ?? '',
  note: option.description?.text ?? '',
  option,
})
const ofPerson = ({ id, realName, title }) => ({ value: id, label: realName, note: title })
const ofChannel = ({ id, name }) => ({ value: id, label: `# ${name}`, note: '' })

/** Where the options of each kind of select come from: groups of options, each with a name or none. */
export function sources(element, suggest) {
  const { people = [], channels = [], directs = [] } = desk.state ?? {}
  const within = (groups) => ({
    at: async (typed) => {
      const wanted = typed.trim().toLowerCase()
      const fits = ({ label, note }) => `${label} ${note}`.toLowerCase().includes(wanted)
      return groups.map(({ name, options }) => ({ name, options: options.filter(fits) }))
    },
    find: (value) => groups.flatMap(({ options }) => options).find((option) => option.value === value),
  })
  if (element.type.includes('external')) {
    const known = new Map()
    return {
      least: element.min_query_length ?? 3,
      find: (value) => known.get(value),
      async at(typed) {
        const { options, groups, error } = await suggest(typed)
        if (error !== null) throw new Error('The options could not be loaded.')
        const found = groupsOf({ options, option_groups: groups })
        for (const each of found.flatMap((group) => group.options)) known.set(each.value, each)
        return found
      },
    }
  }
  if (element.type.includes('users')) return within([{ name: '', options: people.map(ofPerson) }])
  if (element.type.includes('channels')) return within([{ name: '', options: channels.map(ofChannel) }])
  if (element.type.includes('conversations'))
    return within([
      { name: 'Channels', options: channels.map(ofChannel) },
      {
        name: 'Direct messages',
        options: directs
          .filter(({ id }) => id !== '')
          .map(({ id, name, title }) => ({ value: id, label: name, note: title })),
      },
    ])
  return within(groupsOf(element))
}

function groupsOf({ options, option_groups: groups }) {
  if (groups?.length > 0)
    return groups.map((group) => ({ name: group.label?.text ?? '', options: group.options.map(ofOption) }))
  return [{ name: '', options: (options ?? []).map(ofOption) }]
}
