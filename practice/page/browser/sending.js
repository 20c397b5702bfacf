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

/** The channel's. */
export const main = composer({
  ...{ form: byId('composer'), box: byId('text'), status: byId('status') },
  offers: { box: byId('completions-box'), list: byId('completions'), hint: byId('completion-hint') },
  files: attachments(byId('attach'), byId('attached'), byId('text')),
  send: (text, along) => send(text, null, along),
})
composer({
  ...{ form: byId('reply'), box: byId('reply-text'), status: byId('reply-status'), offers: null },
  files: attachments(byId('reply-attach'), byId('reply-attached'), byId('reply-text')),
  send: (text, along) => send(text, now.thread, along),
})
