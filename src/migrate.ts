import { migrateConfig } from './config.ts'
import { coerceError } from './core/errors.ts'
import { ConfigurationError, EXIT_CONFIGURATION } from './faults.ts'
import { migrate } from './store/migrate.ts'

/** `npm run migrate`: brings Bakery's own database up to date and says who owns what afterwards. */
try {
  const report = await migrate(migrateConfig())
  for (const name of report.applied) process.stdout.write(`Applied ${name}.\n`)
  if (report.applied.length === 0) process.stdout.write('Nothing to apply: the schema is current.\n')
  process.stdout.write(`Tables belong to ${report.owner}; the bot connects as ${report.bot}.\n`)
  for (const warning of report.warnings) process.stderr.write(`Warning: ${warning}\n`)
} catch (thrown) {
  process.stderr.write(`${coerceError(thrown).message}\n`)
  process.exitCode = thrown instanceof ConfigurationError ? EXIT_CONFIGURATION : 1
}
