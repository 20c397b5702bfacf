import { desk } from './desk.js'
import { make } from './draw.js'

const byId = (id) => document.getElementById(id)

/** Where one is: a channel, somebody's direct messages, or the app's. */
export function placeOf(id) {
  const { channels, directs, direct, bot } = desk.state
  const channel = channels.find((one) => one.id === id)
  if (channel !== undefined) return { ...channel, kind: 'channel', title: `# ${channel.name}` }
  const other = directs.find((one) => one.id === id)
  if (other !== undefined) return { ...other, kind: 'person', title: other.name, role: other.title }
  return { kind: 'app', title: bot, ...direct }
}

function topicOf(place) {
  if (place.kind === 'app') return 'App: only you see this'
  if (place.kind === 'person') return `${place.role} · only the two of you see this`
  return `${place.shared ? 'Shared with another company. ' : ''}${place.topic} · ${place.members} members`
}

/** The head over the messages, what the composer asks for, and where the channel begins. */
export function showHead(id, fill) {
  const place = placeOf(id)
  byId('channel-name').textContent = place.title
  byId('topic').textContent = topicOf(place)
  const to = place.kind === 'channel' ? `#${place.name}` : place.title
  byId('text').placeholder = place.kind === 'person' ? `Message ${to}` : `Message ${to}, or /bakery`
  byId('text').setAttribute('aria-label', `Message to ${to}`)
  byId('scroll').setAttribute('aria-label', `Messages of ${to}`)
  byId('tabs').hidden = place.kind !== 'app' || !desk.state.homeTab
  showIntro(place, fill)
  return place
}

const BEGINNINGS = {
  channel: ({ name }) => `This is the beginning of #${name}`,
  person: ({ name }) => `You and ${name}`,
  app: ({ title }) => `You and ${title}`,
}

function showIntro(place, fill) {
  const me = desk.state.people.find(({ id }) => id === desk.person)
  const mine = desk.state.suggestions.filter((suggestion) => suggestion.channel === place.id)
  const shape = JSON.stringify([place.id, place.title, me.id, mine])
  if (byId('intro').dataset.shape === shape) return
  byId('intro').dataset.shape = shape
  const list = mine.map(({ text, why }) => {
    const button = make('button', { type: 'button', className: 'try' }, make('code', { textContent: text }))
    button.addEventListener('click', () => fill(text))
    return make('li', {}, button, make('span', { textContent: why }))
  })
  const words = `You are ${me.realName} (${me.title}). Switch persons at the top left: each may do something else.`
  byId('intro').replaceChildren(
    make('h3', { textContent: BEGINNINGS[place.kind](place) }),
    make('p', { textContent: words }),
    ...(list.length === 0 ? [] : [make('p', { textContent: 'Try:' }), make('ul', {}, ...list)]),
  )
}
