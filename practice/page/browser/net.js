/** The page's requests to its own server. Errors carry a sentence that can be shown. */

export async function ask(name, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== null))
  return answer(await fetch(`/do/${name}?${query}`))
}

export async function tell(name, body) {
  const headers = { 'content-type': 'application/json' }
  return answer(await fetch(`/do/${name}`, { method: 'POST', headers, body: JSON.stringify(body) }))
}

/** What concerns the practice world and not Slack: `/faults`, `/break/<fault>`, `/tour`. */
export const look = async (path) => answer(await fetch(path))
export const order = async (path) => answer(await fetch(path, { method: 'POST' }))

async function answer(response) {
  const body = await response.json().catch(() => ({ error: 'The practice workspace does not answer.' }))
  if (!response.ok) throw new Error(body.error ?? `The page was answered ${response.status}.`)
  return body
}

/** What is no change of Slack's: the person who looks does not matter to it. */
const OF_THE_WORLD = ['faults', 'tour']
const listeners = new Map()

/** Calls `then` when this changes in the practice world (`faults`, `tour`), and whenever it may have without our hearing of it. */
export const whenever = (type, then) => void listeners.set(type, then)

/** Live changes for one person. Returns how to stop. `onState` hears whether the connection stands. */
export function live(person, onChange, onState) {
  const source = new EventSource(`/events?person=${encodeURIComponent(person)}`)
  source.onmessage = (event) => {
    const change = JSON.parse(event.data)
    if (OF_THE_WORLD.includes(change.type)) listeners.get(change.type)?.()
    else onChange(change)
  }
  source.onopen = () => {
    onState(true)
    for (const then of listeners.values()) then()
  }
  source.onerror = () => onState(false)
  return () => source.close()
}
