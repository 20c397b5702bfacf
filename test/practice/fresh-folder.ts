import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LEFT_OUT = ['.git', 'node_modules']

export interface FreshFolder {
  readonly path: string
  remove(): Promise<void>
}

/** The project in a folder of its own as it is right after `npm ci`: with its packages, and with nothing kept of an earlier start. */
export async function freshFolder(): Promise<FreshFolder> {
  const path = await mkdtemp(join(tmpdir(), 'bakery-fresh-'))
  const own = (await readdir(ROOT)).filter((name) => !LEFT_OUT.includes(name))
  await Promise.all(own.map((name) => cp(join(ROOT, name), join(path, name), { recursive: true })))
  const packages = join(ROOT, 'node_modules')
  await mkdir(join(path, 'node_modules'))
  const names = (await readdir(packages)).filter((name) => name !== '.cache')
  await Promise.all(names.map((name) => symlink(join(packages, name), join(path, 'node_modules', name))))
  // What was just ended may still be writing down what it compiled.
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 20 }) }
}
