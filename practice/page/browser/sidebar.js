import { desk } from './desk.js'
import { avatar, make } from './draw.js'
import { icon } from './icons.js'
import { morphChildren } from './morph.js'

const byId = (id) => document.getElementById(id)

const KINDS = [
  ['member', 'Bakery-IA'],
  ['guest', 'Guests'],
  ['external', 'Another company'],
]
const TAGS = { guest: 'guest', external: 'other company' }

/** The workspace at the left: who one is, channels, direct messages and apps, with what is unread. */
export function showSidebar(current) {
  const { team, channels, directs, direct, bot, unreadThreads } = desk.state
  byId('team').textContent = team
  showPeople()
  const threads = { id: 'threads', unread: unreadThreads, forMe: unreadThreads }
  fill('places', [entry(threads, current, { picture: icon('reply'), name: 'Threads', direct: true })])
  fill(
    'channels',
    channels.map((channel) => channelEntry(channel, current)),
  )
  fill(
    'directs',
    directs.map((one) => directEntry(one, current)),
  )
  const face = avatar({ user: bot, name: bot, app: true }, 'small')
  fill('apps', [entry(direct, current, { picture: face, name: bot, direct: true })])
  const waiting = [...channels, ...directs, direct].reduce((sum, { forMe }) => sum + forMe, 0)
  document.title = `${waiting > 0 ? `(${waiting}) ` : ''}${team}`
}

const fill = (id, entries) => morphChildren(byId(id), entries)

function showPeople() {
  const groups = KINDS.map(([kind, label]) => {
    const people = desk.state.people.filter((person) => person.kind === kind)
    return people.length === 0 ? null : make('optgroup', { label }, ...people.map(personOption))
  })
  const select = byId('person')
  const wanted = groups.filter((group) => group !== null)
  const shape = JSON.stringify(
    desk.state.people.map(({ id, realName, title, waiting }) => [id, realName, title, waiting]),
  )
  if (select.dataset.shape !== shape) select.replaceChildren(...wanted)
  select.dataset.shape = shape
  select.value = desk.person
}

function personOption({ id, realName, title, waiting }) {
  const news = waiting > 0 && id !== desk.person ? `, ${waiting} new` : ''
  return make('option', { value: id, textContent: `${realName} (${title})${news}` })
}

function channelEntry(channel, current) {
  const tag = channel.shared ? 'shared' : ''
  return entry(channel, current, { picture: icon('hash'), name: channel.name, tag, direct: false })
}

function directEntry(one, current) {
  const face = avatar({ user: one.person, name: one.name, app: false }, 'small')
  return entry(one, current, {
    picture: face,
    name: one.name,
    tag: TAGS[one.kind] ?? '',
    direct: true,
    person: one.person,
  })
}

/** Bold when something is unread; a number for what speaks to the person. */
function entry({ id, unread, forMe }, current, { picture, name, tag = '', direct, person = '' }) {
  const isCurrent = id !== '' && id === current
  const isUnread = unread > 0 && !isCurrent
  const words = make('span', { className: 'entry-name', textContent: name })
  const button = make('button', { type: 'button', className: isUnread ? 'unread' : '' }, picture, words)
  if (tag !== '') button.append(make('span', { className: 'shared', textContent: tag }))
  if (isUnread) {
    const count = direct ? unread : forMe
    const said = `, ${unread} unread${direct || forMe === 0 ? '' : `, ${forMe} for you`}`
    button.append(make('span', { className: 'unseen', textContent: said }))
    if (count > 0)
      button.append(make('span', { className: 'badge', 'aria-hidden': 'true', textContent: String(count) }))
  }
  if (isCurrent) button.setAttribute('aria-current', 'page')
  Object.assign(button.dataset, { channel: id, person })
  return make('li', {}, button)
}
