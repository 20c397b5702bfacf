import type { ContainerLife, LogLine } from '../logs.ts'

/** What a service says from its start to its early death: a traceback, or silence when its memory is taken away. */
export function crashLines(life: ContainerLife): LogLine[] {
  const texts = [
    ...startLines(life),
    ...(life.ended?.reason === 'OOMKilled' ? memoryLines() : traceback(life)),
  ]
  const from = life.from.getTime()
  const span = (life.ended?.at.getTime() ?? from + 1000) - from
  return texts.map((text, index) => ({
    at: new Date(from + Math.floor((span * (index + 1)) / (texts.length + 1))),
    text,
  }))
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
