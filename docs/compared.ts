import { readFileSync } from 'node:fs'
import { BLOCKS, LIMITS } from '../test/practice/slack/limits-table.ts'

/** docs/COMPARED.md: what practice's stand-ins were held to, out of what the contract suites keep on file. */

type Answers = Readonly<Record<string, unknown>>

const source = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const onFile = (path: string): Readonly<Record<string, unknown>> => JSON.parse(source(path))
const isAnswers = (value: unknown): value is Answers =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const SYSTEMS = 'test/practice/systems/contract/golden.json'
const CLUSTER = [
  ['reading', 'test/cluster/shapes.golden.json', false],
  ['writing, and what the controllers make of it', 'test/cluster/writes.golden.json', true],
  ['the audit log', 'test/cluster/records.golden.json', false],
] as const

/** Suites that ask the program's own adapter, or Slack's rules of time and count: their sentences are the list. */
const ADAPTER = [
  ['', 'the adapter'],
  ['-changes', 'a change'],
  ['-facts', 'the facts of a plan'],
  ['-logs', 'logs'],
  ['-shapes', 'the API'],
] as const
const SLACK = ['contract', 'blocks', 'web-api']

export function comparedPage(): string {
  const systems = Object.entries(onFile(SYSTEMS)).map(([system, answers]) => ({
    ...{ title: system, file: SYSTEMS, rows: rowsOf(isAnswers(answers) ? answers : {}) },
  }))
  const cluster = CLUSTER.map(([what, file, isGrouped]) => ({
    ...{
      title: `Kubernetes: ${what}`,
      file,
      rows: isGrouped ? groupedRows(onFile(file)) : rowsOf(onFile(file)),
    },
  }))
  const parts = [...cluster, ...systems]
  return [
    ...INTRODUCTION,
    '| Held to the real server | Answers | On file |',
    '|---|---|---|',
    ...parts.map(({ title, rows, file }) => `| ${title} | ${rows.length} | \`${file}\` |`),
    `| Slack, to its documentation | ${LIMITS.length + BLOCKS.length} limits | \`test/practice/slack/limits-table.ts\` |`,
    '',
    ...parts.flatMap(({ title, rows }) => [
      `## ${title}`,
      '',
      '| Asked | Answered |',
      '|---|---|',
      ...rows,
      '',
    ]),
    ...[
      '## Kubernetes: what the program asks of either cluster',
      '',
      ...ADAPTER.flatMap(([part, about]) => sentencesOf(`test/cluster/contract${part}.ts`, about)),
      '',
    ],
    ...['## Slack: limits of blocks', '', '| What | The most that is taken |', '|---|---|'],
    ...LIMITS.map(([what, limit]) => `| ${what} | ${number(limit)} |`),
    ...BLOCKS.map(([surface, limit]) => `| blocks of a ${surface} | ${number(limit)} |`),
    ...[
      '',
      '## Slack: limits of time and count, and its Web API',
      '',
      ...SLACK.flatMap((name) => sentencesOf(`test/practice/slack/${name}.test.ts`)),
      '',
    ],
  ].join('\n')
}

const INTRODUCTION = [
  '# What was compared',
  '',
  'Made from the contract suites by `npm run docs`: change the suites, never this page.',
  '',
  'Practice and the tests speak with stand-ins. What the real servers answered is on file, the stand-ins must answer the same,',
  'and where a real server is installed it must still say so (`npx vitest run test/cluster test/practice`). Names, times and',
  'figures that no two servers have in common are taken out before; the files have every answer whole.',
  '',
]

const number = (value: number) => value.toLocaleString('en-US')
const cell = (words: string) => words.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim()
const row = (asked: string, answer: unknown) => `| ${cell(asked)} | ${cell(brief(answer))} |`

const rowsOf = (answers: Answers) => Object.entries(answers).map(([asked, answer]) => row(asked, answer))

const groupedRows = (groups: Answers) =>
  Object.entries(groups).flatMap(([group, answers]) =>
    Object.entries(isAnswers(answers) ? answers : {}).map(([asked, answer]) =>
      row(`${group}: ${asked}`, answer),
    ),
  )

const MOST_LETTERS = 90
const MOST_PARTS = 12

/** An answer in a few words: a status with its reason, what was said, or how many names and kinds were compared. */
function brief(answer: unknown): string {
  if (typeof answer === 'string') return quoted(answer)
  if (Array.isArray(answer)) return listed(answer)
  if (!isAnswers(answer)) return String(answer)
  const { status, verb, level, responseStatus } = answer
  if (typeof status === 'number') return [status, reasonOf(answer)].filter(Boolean).join(' ')
  if (typeof verb !== 'string') return counted(Object.keys(answer).length)
  const code = isAnswers(responseStatus) ? responseStatus.code : ''
  return `${verb}, ${code}, written down at level ${level}`
}

const counted = (count: number) => `${count} ${count === 1 ? 'field' : 'fields'}`

function listed(answers: readonly unknown[]): string {
  if (answers.length === 0) return 'none'
  if (answers.length > MOST_PARTS) return counted(answers.length)
  const words = [...new Set(answers.map(brief))].join(', ')
  return words.length > MOST_LETTERS * 2 ? `${answers.length} answers` : words
}

/** The reason of a refusal, or the kind of object that came. */
function reasonOf(answer: Answers): string {
  const said = [answer.body, answer.said, answer].find(isAnswers) ?? {}
  const reason = String(said.reason ?? said.kind ?? '')
  return /^[A-Z]/.test(reason) ? reason : ''
}

function quoted(words: string): string {
  const [line = ''] = words.trim().split(/\r?\n/)
  if (line === '') return 'nothing'
  if (line === 'string') return 'a text'
  return `\`${line.length > MOST_LETTERS ? `${line.slice(0, MOST_LETTERS)}…` : line}\``
}

/** The sentences of a suite, each after what it is about: as given, or as the suite has it. */
function sentencesOf(path: string, given = ''): readonly string[] {
  let about = given
  return source(path)
    .split('\n')
    .flatMap((line) => {
      const [, kind, words = ''] = /^\s*(describe|it)\('([^']+)'/.exec(line) ?? []
      if (kind === 'describe' && given === '') about = words
      return kind === 'it' ? [`- ${about}: ${words}`] : []
    })
}
