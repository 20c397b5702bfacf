import type { ContainerLife, LogLine } from '../logs.ts'

/** What a container says from its start to its early death: why it ends, or silence when its memory is taken away. */
export function crashLines(life: ContainerLife): LogLine[] {
  const texts = life.component === 'database' ? databaseLines(life) : applicationLines(life)
  const from = life.from.getTime()
  const span = (life.ended?.at.getTime() ?? from + 1000) - from
  return texts.map((text, index) => ({
    at: new Date(from + Math.floor((span * (index + 1)) / (texts.length + 1))),
    text,
  }))
}

function applicationLines(life: ContainerLife): string[] {
  return [...startLines(life), ...(life.ended?.reason === 'OOMKilled' ? memoryLines() : traceback(life))]
}

/** As PostgreSQL says it when its volume is full. */
function databaseLines({ from, ended }: ContainerLife): string[] {
  const time = `${from.toISOString().replace('T', ' ').replace('Z', '')} UTC`
  const said = (pid: number, text: string) => `${time} [${pid}] ${text}`
  const start = [
    said(1, 'LOG:  starting PostgreSQL 17.2 on x86_64-pc-linux-musl, compiled by gcc, 64-bit'),
    said(1, 'LOG:  listening on IPv4 address "0.0.0.0", port 5432'),
    said(29, 'LOG:  database system was interrupted; it was not shut down'),
  ]
  if (ended?.reason === 'OOMKilled') return start
  return [
    ...start,
    said(29, 'FATAL:  could not write to file "pg_wal/xlogtemp.29": No space left on device'),
    said(1, 'LOG:  startup process (PID 29) exited with exit code 1'),
    said(1, 'LOG:  aborting startup due to startup process failure'),
    said(1, 'LOG:  database system is shut down'),
  ]
}

function startLines({ workload, restarts }: ContainerLife): string[] {
  return [
    `INFO  ${workload} 1.4.2 starting, restart ${restarts}`,
    'INFO  loading settings from the environment',
    'INFO  connecting to rabbitmq:5672',
  ]
}

function memoryLines(): string[] {
  return [
    'INFO  warming the cache: 412000 rows',
    'WARN  resident memory 498 MiB of 512 MiB',
    'INFO  warming the cache: 431000 rows',
  ]
}

function traceback({ workload }: ContainerLife): string[] {
  const module = workload.replace(/-service$/, '').replaceAll('-', '_')
  return [
    'ERROR application failed to start',
    'Traceback (most recent call last):',
    '  File "/usr/local/lib/python3.12/site-packages/uvicorn/main.py", line 412, in main',
    '    run(app, host=host, port=port)',
    `  File "/app/${module}/main.py", line 57, in startup`,
    '    await run_migrations(engine)',
    `  File "/app/${module}/migrations.py", line 88, in run_migrations`,
    '    raise MigrationError(f"revision {wanted} not found, database is at {found}")',
    `${module}.errors.MigrationError: revision 7f3c1a not found, database is at 8e21bd`,
  ]
}
