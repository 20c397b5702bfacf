import { readPrivateKey } from './audit/checkpoint-folder.ts'
import { ensureFolder } from './audit/folder.ts'
import { coerceError } from './core/errors.ts'

/** What is wrong with single variables of the environment, beyond their form (src/config.ts): one line each. */

export const PRACTICE = 'Without a Slack workspace, `npm run practice` brings its own'

type Environment = NodeJS.ProcessEnv

/**
 * The variables that are set. An empty one counts as not set; a line end at the end belongs to the file that a value came
 * from (`kubectl create secret --from-file`), not to the value.
 */
export function given(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => {
      const line = value?.replace(/[\r\n]+$/, '')
      return line ? [[name, line]] : []
    }),
  )
}

export function credentialFaults(environment: Environment): string[] {
  const set = given(environment)
  if (set.SLACK_SIGNING_SECRET || set.SLACK_APP_TOKEN) return []
  return [
    'SLACK_SIGNING_SECRET or SLACK_APP_TOKEN: found neither, expected the signing secret (HTTP) or an app token (Socket Mode). ' +
      PRACTICE,
  ]
}

/** A key that cannot sign is found out now, and not a minute later when the first checkpoint is due. */
export function keyFaults(environment: Environment): string[] {
  const { AUDIT_KEY_FILE: file } = given(environment)
  if (file === undefined) return []
  try {
    readPrivateKey(file)
    return []
  } catch (thrown) {
    const { message } = coerceError(thrown)
    return [`AUDIT_KEY_FILE: found that ${message}, expected an Ed25519 private key (PKCS#8 PEM)`]
  }
}

/** What cannot be kept outside the database protects nothing, and nobody would look before it is needed. */
export function folderFaults(environment: Environment): string[] {
  const { AUDIT_CHECKPOINT_DIR: folder } = given(environment)
  if (folder === undefined) return []
  try {
    ensureFolder(folder)
    return []
  } catch (thrown) {
    const problem = coerceError(thrown)
    const why = 'code' in problem ? String(problem.code) : problem.message
    return [
      `AUDIT_CHECKPOINT_DIR: found ${folder}, which cannot be used (${why}), expected a folder that this process may write to`,
    ]
  }
}
