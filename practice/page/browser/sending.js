import { completionsFor, mentionsFor } from './completion.js'
import { composer } from './composer.js'
import { now } from './conversation.js'
import { desk } from './desk.js'
import { tell } from './net.js'
import { attachments, inBase64 } from './uploads.js'

/** The two boxes that one writes in: the channel's and the thread's. */

const byId = (id) => document.getElementById(id)

async function send(text, thread, along) {
  const { person } = desk
  const files = await Promise.all(along.map(inBase64))
  const delivery = await tell('send', { person, channel: now.channel, text, thread: thread ?? '', files })
  if (delivery.ackMs === undefined) return ''
  return delivery.error === null
    ? `${desk.state.bot} took the request in ${delivery.ackMs} ms.`
    : `Not taken: ${delivery.error}.`
}

/** A box and what belongs to it, by what their ids begin with. `find`: what can follow in it. */
const boxOf = (form, prefix, find) => ({
  ...{ form: byId(form), box: byId(`${prefix}text`), status: byId(`${prefix}status`) },
  offers: {
    ...{ box: byId(`${prefix}completions-box`), list: byId(`${prefix}completions`) },
    ...{ hint: byId(`${prefix}completion-hint`), find },
  },
  files: attachments(byId(`${prefix}attach`), byId(`${prefix}attached`), byId(`${prefix}text`)),
})

/** The channel's. */
export const main = composer({
  ...boxOf('composer', '', completionsFor),
  send: (text, along) => send(text, null, along),
})
/** The thread's: Slack takes no commands there. */
export const reply = composer({
  ...boxOf('reply', 'reply-', mentionsFor),
  send: (text, along) => send(text, now.thread, along),
})
