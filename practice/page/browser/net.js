/** The page's requests to its own server. Errors carry a sentence that can be shown. */

export async function ask(name, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== null))
  return answer(await fetch(`/do/${name}?${query}`))
}

export async function tell(name, body) {
  const headers = { 'content-type': 'application/json' }
  return answer(await fetch(`/do/${name}`, { method: 'POST', headers, body: JSON.stringify(body) }))
}

async function answer(response) {
  const body = await response.json().catch(() => ({ error: 'The practice workspace does not answer.' }))
  if (!response.ok) throw new Error(body.error ?? `The page was answered ${response.status}.`)
  return body
}

/** Live changes for one person. Returns how to stop. `onState` hears whether the connection stands. */
export function live(person, onChange, onState) {
  const source = new EventSource(`/events?person=${encodeURIComponent(person)}`)
  source.onmessage = (event) => onChange(JSON.parse(event.data))
  source.onopen = () => onState(true)
  source.onerror = () => onState(false)
  return () => source.close()
}
