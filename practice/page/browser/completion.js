import { desk } from './desk.js'

const MOST = 30

/** One thing that can stand in place of what is typed: `insert` is the whole text afterwards. */
const offer = (label, summary, insert) => ({ label, summary, insert })

/**
 * What can follow, for a text that ends at the cursor: commands after a slash, people and groups after `@`, channels after
 * `#`. `hint` says how the command goes on that is being typed.
 */
export function completionsFor(text) {
  if (text.startsWith('/') && !text.includes('\n')) {
    const mention = mentionsFor(text)
    return mention.options.length > 0 ? mention : commandsFor(text)
  }
  return mentionsFor(text)
}

function commandsFor(text) {
  const all = desk.state?.completions ?? []
  const typed = text.trimEnd().toLowerCase()
  const words = ({ text: line }) => line.toLowerCase()
  const named = all.filter((command) => words(command).includes(' '))
  const roots = all.filter((command) => !words(command).includes(' '))
  if (!text.includes(' ')) {
    const found = roots.length > 0 ? roots : named
    return listed(
      found.filter((command) => words(command).startsWith(typed)),
      text,
      '',
    )
  }
  const current = named
    .filter((command) => typed === words(command) || typed.startsWith(`${words(command)} `))
    .toSorted((a, b) => b.text.length - a.text.length)[0]
  const longer = named.filter((command) => words(command).startsWith(typed) && command !== current)
  if (current === undefined) return listed(longer.length > 0 ? longer : anywhere(named, typed), text, '')
  if (text.length === typed.length && longer.length > 0) return listed(longer, text, hintOf(current))
  const inside = text.length > current.text.length ? partsFor(current, text) : []
  return { options: [...inside, ...listed(longer, text, '').options].slice(0, MOST), hint: hintOf(current) }
}

/** Commands with a word that begins like what was typed after the slash command: `grant` finds `roles grant`. */
function anywhere(named, typed) {
  const wanted = typed.replace(/^\S+\s*/, '')
  return named.filter(({ text, summary }) =>
    `${text} ${summary}`
      .toLowerCase()
      .split(/\s+/)
      .some((word) => word.startsWith(wanted)),
  )
}

function listed(commands, text, hint) {
  const lower = text.trimEnd().toLowerCase()
  const options = commands
    .filter((command) => command.text.toLowerCase() !== lower || !command.text.includes(' '))
    .map((command) => ({
      ...offer(command.text, command.summary, `${command.text} `),
      more: command.hint ?? '',
    }))
  return { options: options.slice(0, MOST), hint }
}

const hintOf = ({ text, hint, summary }) => `${text}${hint ? ` ${hint}` : ''}: ${summary}`

/** What can stand next within a command: the choices of the argument that is typed, its flags, and whole examples. */
function partsFor(command, text) {
  const [, before, word] = /^(.*?)(\S*)$/s.exec(text)
  const given = before.split(/\s+/)
  const last = given.filter(Boolean).at(-1)
  const args = command.arguments ?? []
  const value = args.find(({ flag, word: name, value: of }) => flag && of !== '' && name === last)
  if (value !== undefined)
    return value.choices
      .filter((choice) => choice.startsWith(word))
      .map((choice) => offer(choice, value.description, `${before}${choice} `))
  const flags = args
    .filter(({ flag, word: name }) => flag && name.startsWith(word || '--') && !given.includes(name))
    .map((argument) =>
      offer(
        `${argument.word}${argument.value ? ` <${argument.value}>` : ''}`,
        argument.description,
        `${before}${argument.word} `,
      ),
    )
  const examples = (command.examples ?? [])
    .filter((line) => line.startsWith(text.trimEnd()) && line !== text.trimEnd())
    .map((line) => offer(line, 'example', line))
  return word.startsWith('-')
    ? [...flags, ...examples]
    : [...placedFor(command, before, word), ...examples, ...flags]
}

/** The choices of the argument whose turn it is by its place. */
function placedFor({ text: line, arguments: args = [] }, before, word) {
  const given = before
    .slice(line.length)
    .split(/\s+/)
    .filter((part) => part !== '' && !part.startsWith('-'))
  const argument = args.filter(({ flag }) => !flag)[given.length]
  return (argument?.choices ?? [])
    .filter((choice) => choice.startsWith(word))
    .map((choice) => offer(choice, argument.description, `${before}${choice} `))
}

/** People and groups after `@`, channels after `#`: all that can be offered where no command can be given. */
export function mentionsFor(text) {
  const [, before, mark, word] = /^(.*(?:^|\s))([@#])([\w.-]*)$/s.exec(text) ?? []
  if (mark === undefined) return { options: [], hint: '' }
  const { people = [], groups = [], channels = [], bot = '' } = desk.state ?? {}
  const insert = (name) => `${before}${mark}${name} `
  const fits = (...words) => words.some((each) => each.toLowerCase().startsWith(word.toLowerCase()))
  const found =
    mark === '#'
      ? channels
          .filter(({ name }) => fits(name))
          .map(({ name, topic }) => offer(`#${name}`, topic, insert(name)))
      : [
          ...people
            .filter(({ name, realName }) => fits(name, realName))
            .map(({ name, realName, title }) => offer(`@${name}`, `${realName}, ${title}`, insert(name))),
          ...(fits(bot) && bot !== ''
            ? [offer(`@${bot.toLowerCase()}`, 'app', insert(bot.toLowerCase()))]
            : []),
          ...groups
            .filter(({ handle }) => fits(handle))
            .map(({ handle, name }) => offer(`@${handle}`, name, insert(handle))),
        ]
  return { options: found.slice(0, MOST), hint: '' }
}
