import { setTimeout as sleep } from 'node:timers/promises'
import { startWorld } from '../../practice/world.ts'

/** Run in a network of its own: says whether anything outside can be reached, then lives in a whole world for a question. */
const outside = await fetch('http://192.0.2.1/').then(
  () => 'reached',
  (error: Error) => String((error.cause as NodeJS.ErrnoException | undefined)?.code ?? error.message),
)
console.log(`outside: ${outside}`)

const world = await startWorld({ platform: { seed: 4 }, page: { port: 0 } })
try {
  await world.slack.command('U0ANA', 'C0OPERATIONS', '/bakery health')
  let answer = ''
  for (const until = Date.now() + 30_000; answer === '' && Date.now() < until; await sleep(100)) {
    const said = await world.slack.messages('C0OPERATIONS')
    answer = said.find(({ text }) => text.startsWith('Bakery-IA is '))?.text ?? ''
  }
  console.log(`health: ${answer}`)
} finally {
  await world.stop()
}
