import { options } from './options.ts'

/** The whole program, from the command line to the end. What is large is loaded when the command line was understood. */
export async function run(): Promise<void> {
  // Whoever read our lines may be gone (`npm run practice | head`): the workspace is not.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  try {
    const told = options(process.argv.slice(2))
    if (typeof told === 'string') process.stdout.write(`${told}\n`)
    else await (await import('./session.ts')).practise(told)
  } catch (error) {
    process.stderr.write(
      `Practice did not start: ${error instanceof Error ? error.message : String(error)}\n`,
    )
    process.exit(1)
  }
}
