import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { median, row } from './figures.ts'
import { type Answered, askHealth, printParts, printTimes } from './health/answers.ts'
import { type ByHand, prepareByHand } from './world/by-hand.ts'
import { type Desk, startDesk } from './world/desk.ts'
import { type BenchPlatform, startBenchPlatform } from './world/systems.ts'

const ROUNDS = 8
const WARM_UPS = 4
const BETWEEN_MS = 300
/** Before a person's turn: what follows an answer (its thread) has been sent by then. */
const QUIET_MS = 1_500
const WHAT = '/bakery health, request to message'

/**
 * `/bakery health` from the moment that the signed request is sent to the moment that Slack has the message, beside what the
 * guide has a person run, in turns.
 */
export async function benchHealth(): Promise<void> {
  const platform = await startBenchPlatform()
  const byHand = await possibleByHand(platform)
  const desk = await startDesk(platform.env)
  try {
    await measure(desk, byHand, platform)
  } finally {
    await desk.stop()
    await byHand?.stop()
    await platform.stop()
  }
}

/** Null, and a line that says why, when a person could not run the guide's commands on this machine. */
async function possibleByHand({ plane, alertmanagerUrl }: BenchPlatform): Promise<ByHand | null> {
  const there = (name: string) =>
    promisify(execFile)('bash', ['-c', `command -v ${name}`]).then(
      () => [],
      () => [name],
    )
  const programs = await Promise.all(['psql', 'jq', 'curl'].map(there))
  const missing = [...(plane === null ? ['a Kubernetes control plane'] : []), ...programs.flat()]
  if (plane !== null && missing.length === 0) return prepareByHand(plane.folder, alertmanagerUrl)
  console.log(`Not here, so only Bakery is measured: ${missing.join(', ')}.`)
  return null
}

interface Round {
  readonly answers: readonly Answered[]
  readonly scriptMs: number | null
  readonly loopMs: number | null
}

async function measure(desk: Desk, byHand: ByHand | null, { plane }: BenchPlatform): Promise<void> {
  const turns = turnsOver(desk)
  for (let index = 0; index < WARM_UPS; index += 1) await turns()
  await byHand?.healthCheck()
  await byHand?.databaseLoop()
  const rounds: Round[] = []
  for (let index = 0; index < ROUNDS; index += 1) {
    const first = [await turns(), await turns()]
    await sleep(QUIET_MS)
    const scriptMs = (await byHand?.healthCheck()) ?? null
    const second = [await turns(), await turns()]
    await sleep(QUIET_MS)
    const loopMs = (await byHand?.databaseLoop()) ?? null
    rounds.push({ answers: [...first, ...second], scriptMs, loopMs })
  }
  const answers = rounds.flatMap((round) => round.answers)
  const on = `${plane === null ? 'practice’s cluster' : 'real API server'}, 14 databases`
  printTimes(
    WHAT,
    on,
    answers.map((answer) => answer.postedMs),
    `${answers.length} requests`,
  )
  await printParts(desk, answers)
  printAgainst('health-check.sh with kubectl', rounds, (round) => round.scriptMs, 15)
  printAgainst('kubectl exec psql, 14 databases', rounds, (round) => round.loopMs, 40)
  console.log(`It said: ${answers[0]?.text}`)
}

/** Each request in another channel, so that none waits for Slack's pace of a message a second. */
function turnsOver(desk: Desk): () => Promise<Answered> {
  let turn = 0
  return async () => {
    const channel = desk.channels[turn % desk.channels.length] ?? ''
    turn += 1
    const answer = await askHealth(desk, channel)
    await sleep(BETWEEN_MS)
    return answer
  }
}

function printAgainst(
  what: string,
  rounds: readonly Round[],
  timeOf: (round: Round) => number | null,
  goal: number,
): void {
  const measured = rounds.flatMap((round) => {
    const time = timeOf(round)
    return time === null ? [] : [{ time, own: median(round.answers.map(({ postedMs }) => postedMs)) }]
  })
  if (measured.length === 0) return
  printTimes(
    what,
    'by hand, as the guide has it',
    measured.map(({ time }) => time),
    `${measured.length} runs`,
  )
  const ratio = median(measured.map(({ time, own }) => time / own))
  row('', 'how much faster Bakery is', `${ratio.toFixed(1)} times`, `goal at least ${goal} times`)
}
