import { type Board, type Changed, type FaultState, UnknownFault } from '../faults/board.ts'

/** What came of a request to look at what can be broken, to break it or to mend it. */
export interface Broken {
  readonly status: number
  readonly body: unknown
}

/**
 * `GET /faults`, `POST /break/<fault>`, `POST /mend/<fault>`, `POST /reset`. Null when the path is none of them. The page's
 * guard has already refused whoever is not this page or a program on this machine.
 */
export async function breaking(board: Board | null, method: string, path: string): Promise<Broken | null> {
  if (path === '/faults') {
    if (method !== 'GET') return wrongMethod('GET', path)
    return { status: 200, body: (board?.list() ?? []).map(listed) }
  }
  const [, verb, name] = /^\/(break|mend|reset)(?:\/([^/]*))?$/.exec(path) ?? []
  if (verb === undefined || (verb === 'reset' && name !== undefined)) return null
  if (method !== 'POST') return wrongMethod('POST', path)
  if (board === null) return { status: 404, body: { error: 'Nothing can be broken in this world.' } }
  if (verb === 'reset') return reset(board)
  return change(board, verb === 'break', readable(name ?? ''))
}

const listed = (state: FaultState) => ({ ...state, broken: state.since !== null })

async function reset(board: Board): Promise<Broken> {
  const { mended, failed } = await board.reset()
  const said = mended.length === 0 ? 'Nothing was broken.' : `Mended: ${mended.join(', ')}.`
  if (failed.length > 0) return { status: 500, body: { mended, error: failed.join(' ') } }
  return { status: 200, body: { mended, says: said } }
}

async function change(board: Board, broken: boolean, name: string): Promise<Broken> {
  try {
    const state = await (broken ? board.break(name) : board.mend(name))
    const facts = { fault: state.name, broken }
    if (!state.changed) return { status: 409, body: { ...facts, error: wrongState(state) } }
    return { status: 200, body: { ...facts, says: broken ? state.see : state.mended } }
  } catch (error) {
    if (error instanceof UnknownFault) return { status: 404, body: { error: error.message } }
    throw error
  }
}

function wrongState({ name, title, since }: Changed): string {
  if (since === null) return `${title} is not broken. POST /break/${name} breaks it.`
  return `${title} is broken already, since ${since.slice(11, 19)} UTC. POST /mend/${name} mends it.`
}

const wrongMethod = (expected: string, path: string): Broken => ({
  status: 405,
  body: { error: `Expected ${expected} ${path}.` },
})

/** A name as it was meant; what is no valid escape stays as it came. */
function readable(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
