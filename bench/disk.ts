import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, row } from './figures.ts'

const TIMES = 200
const BLOCK = 8192

/** How long this disk takes to make a write durable: what every commit waits for. */
export function printDisk(): void {
  const folder = mkdtempSync(join(tmpdir(), 'bakery-bench-'))
  const file = openSync(join(folder, 'sync'), 'w')
  const block = Buffer.alloc(BLOCK, 1)
  const times: number[] = []
  try {
    for (let index = 0; index < TIMES; index += 1) {
      writeSync(file, block)
      const started = performance.now()
      fdatasyncSync(file)
      times.push((performance.now() - started) * 1000)
    }
  } finally {
    closeSync(file)
    rmSync(folder, { recursive: true })
  }
  row('fdatasync', `median of ${TIMES}, ${BLOCK / 1024} KiB each`, `${median(times).toFixed(0)} µs`, '')
}
