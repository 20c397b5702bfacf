import { type Board, UnknownFault } from '../faults/board.ts'

/** What came of a request to break or mend something. */
export interface Broken {
  readonly status: number
  readonly body: unknown
}

/**
 * `POST /break/<fault>`, `POST /mend/<fault>`, `POST /reset`. Null when the path is none of them. The page's guard has
 * already refused whoever is not on this machine.
 */
export async function breaking(board: Board | null, path: string): Promise<Broken | null> {
  const [, verb, name = ''] = /^\/(break|mend|reset)(?:\/([^/]*))?$/.exec(path) ?? []
  if (verb === undefined) return null
  if (board === null) return { status: 404, body: { error: 'nothing can be broken in this world' } }
  try {
    if (verb === 'reset') return { status: 200, body: { mended: await board.reset() } }
    const state = verb === 'break' ? await board.break(name) : await board.mend(name)
    return { status: 200, body: state }
  } catch (error) {
    if (error instanceof UnknownFault) return { status: 404, body: { error: error.message } }
    throw error
  }
}
