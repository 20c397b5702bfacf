import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What a measured process is told on its command line. */
export interface ChildSettings {
  readonly signingSecret: string
  readonly databaseUrl: string
}

/** A server in a process of its own, so that the load generator takes nothing from it. */
export interface Child {
  readonly port: number
  stop(): Promise<void>
}

export async function startChild(name: 'bakery' | 'echo', given: ChildSettings): Promise<Child> {
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url))
  const child = fork(file, [JSON.stringify(given)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(Number(message)))
    child.once('exit', (code) => reject(new Error(`the measured process "${name}" ended with ${code}`)))
  })
  return {
    port,
    async stop() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** In the measured process: what it was told. */
export function settings(): ChildSettings {
  return JSON.parse(process.argv[2] ?? '{}')
}

/** In the measured process: where it listens. It ends with the process that measures. */
export function reportPort(port: number): void {
  process.once('disconnect', () => process.exit())
  process.send?.(port)
}
