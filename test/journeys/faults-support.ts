import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { Message } from '../../practice/slack/messages.ts'
import { eventually, type Journey } from './support.ts'

/** One thing that is wrong, as a person reads it in the answer to `/bakery health`. */
export interface Told {
  readonly title: string
  readonly status: string
  /** What was seen, and where: `pods: crash loop …`. */
  readonly lines: string
  /** The button that leads on; empty: none. */
  readonly next: string
}

export interface Health {
  readonly message: Message
  readonly headline: string
  readonly troubles: readonly Told[]
}

const sectionShape = z.object({
  type: z.literal('section'),
  text: z.object({ text: z.string() }),
  accessory: z.object({ text: z.object({ text: z.string() }) }).optional(),
})

/** The state and everything that is wrong, out of a message. */
export function readHealth(message: Message): Health {
  const troubles = message.blocks.flatMap((block): Told[] => {
    const section = sectionShape.safeParse(block)
    const [head = '', ...lines] = section.success ? section.data.text.text.split('\n') : []
    const named = /^\*(.+?)\* · (\w+)/.exec(head)
    if (!section.success || !named) return []
    const [, title = '', status = ''] = named
    return [{ title, status, lines: lines.join('\n'), next: section.data.accessory?.text.text ?? '' }]
  })
  return { message, headline: message.text, troubles }
}

/** Asks `/bakery health` as Marco, who is on call, and gives the answer. */
export async function askHealth(journey: Journey): Promise<Health> {
  const { answer, error } = await tryHealth(journey, 20_000)
  if (answer === null) throw new Error(`health was not answered: ${error ?? 'nothing came in 20 s'}`)
  return answer
}

/** The same where perhaps no answer comes; `error`: what Slack says to the person at once. */
export async function tryHealth(
  { slack }: Journey,
  withinMs: number,
): Promise<{ answer: Health | null; error: string | null }> {
  const known = new Set((await slack.messages('C0OPERATIONS')).map(({ ts }) => ts))
  const { error } = await slack.command('U0MARCO', 'C0OPERATIONS', '/bakery health')
  const isAnswer = ({ ts, blocks }: Message) =>
    !known.has(ts) && JSON.stringify(blocks[0] ?? {}).includes('bakery:health:')
  const find = async () => (await slack.messages('C0OPERATIONS')).find(isAnswer)
  const answer = error === null ? await eventually(find, withinMs).catch(() => null) : null
  return { answer: answer ? readHealth(answer) : null, error }
}

/** Asks again and again until the answer is as it should be; fails with the last answer. */
export async function healthBecomes(
  journey: Journey,
  isSo: (health: Health) => boolean,
  withinMs = 40_000,
): Promise<Health> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const health = await askHealth(journey)
    if (isSo(health)) return health
    if (performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 200))
      continue
    }
    const { headline, troubles } = health
    throw new Error(`health never became so; at last: ${headline}\n${JSON.stringify(troubles, null, 1)}`)
  }
}

/** platform.example.yaml with shorter patience for sessions that are blocked: PostgreSQL's time cannot be moved. */
export async function impatientPlatform(): Promise<{ file: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'bakery-faults-'))
  const file = join(folder, 'platform.yaml')
  const example = readFileSync('platform.example.yaml', 'utf8')
  const impatient = '\nthresholds:\n  blockedSessionSeconds: { warning: 1, critical: 4 }'
  await writeFile(file, example.replace('\nthresholds:', impatient))
  return { file, remove: () => rm(folder, { recursive: true }) }
}

const PAGE = join(import.meta.dirname, '../../docs/FAULTS.md')

/** What health said before, during and after a fault. */
export type Row = readonly [before: string, during: string, after: string]

/** The faults of which docs/FAULTS.md says something. */
export const rowsOnFile = (): readonly string[] =>
  [...readFileSync(PAGE, 'utf8').matchAll(/^\| `(.+?)` \|/gm)].map(([, name = '']) => name)

/** What docs/FAULTS.md says of a fault; with BAKERY_FAULTS_WRITE=1 it is written down instead. */
export function rowOnFile(name: string, said: Row): Row {
  const page = readFileSync(PAGE, 'utf8').split('\n')
  const at = page.findIndex((line) => line.startsWith(`| \`${name}\` |`))
  if (process.env.BAKERY_FAULTS_WRITE === '1') {
    const line = `| \`${name}\` | ${said.join(' | ')} |`
    if (at === -1) page.splice(page.findLastIndex((one) => one.startsWith('|')) + 1, 0, line)
    else page[at] = line
    writeFileSync(PAGE, page.join('\n'))
    return said
  }
  const [, , before = '', during = '', after = ''] = (page[at] ?? '').split('|').map((cell) => cell.trim())
  return [before, during, after]
}
