import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'

/** Beside the packages, where only who installed them can write. Where nobody can, nothing is kept. */
const COMPILED = fileURLToPath(new URL('../node_modules/.cache/bakery/compiled/', import.meta.url))

/**
 * To be called before the program is loaded; answers what to call when it is. Compiled code is kept for the next start, which
 * spares a third of its time. V8 sizes its heap for the machine, and a process that lives from 40 MB would take 400 on a large
 * one: here the old generation grows by half at a time, and the young one stays small until everything is loaded, since
 * what loading leaves behind would otherwise stay resident for ever. How large the young one may become can only be said on
 * the command line: `--max-semi-space-size=8`, without which it took 130 MB under load (`npm run bench -- memory`). And
 * glibc keeps a heap for every few threads, each of which keeps what it once needed: `MALLOC_ARENA_MAX=2` spares 25 MB.
 */
export function startSmall(): () => void {
  enableCompileCache(COMPILED)
  setFlagsFromString('--heap-growing-percent=50')
  setFlagsFromString('--semi-space-growth-factor=1')
  return () => setFlagsFromString('--semi-space-growth-factor=2')
}
