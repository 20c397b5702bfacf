import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ROOT = resolve(import.meta.dirname, '../..')

/** Where the control plane's `up` is: BAKERY_CONTROLPLANE, else beside the repository. Null: not on this machine. */
export function findControlPlane(): string | null {
  const folder = process.env.BAKERY_CONTROLPLANE ?? resolve(ROOT, '../shared/controlplane')
  return existsSync(join(folder, 'up')) ? folder : null
}

/** For `describeWith`. */
export const controlPlaneNeeds = { 'a Kubernetes control plane': findControlPlane() !== null }

/** A real API server with the platform in it and deploy/'s access rules applied. */
export interface ControlPlane {
  /** Its audit.log, the components' logs and pids; pods/service.log is what every pod's log says. */
  readonly folder: string
  /** With the tokens of deploy/'s three service accounts, the reader's first: what the program under test gets. */
  readonly kubeconfig: string
  /** The administrator's, to change the world with. Never for the program under test. */
  readonly adminKubeconfig: string
  /** As the administrator; resolves with what it printed. */
  kubectl(...args: readonly string[]): Promise<string>
  /** Writes a kubeconfig with a token of this service account, and returns its path. */
  kubeconfigOf(namespace: string, account: string): Promise<string>
}

/**
 * The control plane of this test run: the first who asks starts it (about 15 s, 900 MB), everybody else in the run gets the
 * same one. It is stopped when the process that owns the run has ended, however it ended. `postgres` (host:port), of the
 * first who asks, is the server that `kubectl exec` into a database's pod finds.
 */
export async function startControlPlane({ postgres }: { postgres?: string } = {}): Promise<ControlPlane> {
  const source = findControlPlane()
  if (source === null) throw new Error('there is no control plane on this machine (BAKERY_CONTROLPLANE)')
  const shared = join(tmpdir(), `bakery-controlplane-${runName()}`)
  const folder = claim(shared) ? await start(source, shared, postgres) : await untilReady(shared)
  return handle(folder)
}

/** The vitest process when called from one of its workers, else this process: it owns the run. */
function owner(): number {
  return process.env.VITEST === undefined ? process.pid : process.ppid
}

/** A process id can come back; with the time of its start it cannot. */
function runName(): string {
  if (process.env.BAKERY_TEST_RUN) return process.env.BAKERY_TEST_RUN
  const stat = readFileSync(`/proc/${owner()}/stat`, 'utf8')
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  return `${owner()}-${startTime}`
}

function claim(shared: string): boolean {
  try {
    mkdirSync(shared)
    return true
  } catch {
    return false
  }
}

async function start(source: string, shared: string, postgres: string | undefined): Promise<string> {
  const folder = join(shared, 'plane')
  stopWithOwner(source, shared, folder)
  try {
    await up(source, [folder, ...(postgres === undefined ? [] : ['--postgres', postgres])])
    await run(join(folder, 'kubectl'), [
      ...['apply', '--server-side', ...ACCESS.flatMap((file) => ['-f', join(ROOT, 'deploy/base', file)])],
    ])
    await writeKubeconfig(folder, 'bakery-desk', 'bakery-reader', ['bakery-operator', 'bakery-rehearser'])
    writeFileSync(join(shared, 'ready'), '')
    return folder
  } catch (error) {
    writeFileSync(join(shared, 'failed'), String(error))
    throw error
  }
}

/** The namespace, who may do what, and what admission adds to that. */
const ACCESS = ['namespace.yaml', 'reader.yaml', 'operator.yaml', 'admission.yaml']

const ATTEMPTS = 3

/** On a busy machine it can ask for a condition before the API server has set the first: what failed is taken down by itself. */
async function up(source: string, given: readonly string[], attempt = 1): Promise<void> {
  try {
    await run(join(source, 'up'), [...given], { timeout: 240_000 })
  } catch (error) {
    if (attempt === ATTEMPTS) throw error
    await up(source, given, attempt + 1)
  }
}

/** A shell of its own that outlives a killed run: it waits for the owner's end and takes everything down. */
function stopWithOwner(source: string, shared: string, folder: string): void {
  const script =
    'while kill -0 "$1" 2>/dev/null; do sleep 0.5; done; "$2/down" "$3" >/dev/null 2>&1; rm -rf "$4"'
  const args = ['-c', script, 'stop-with-owner', String(owner()), source, folder, shared]
  spawn('bash', args, { detached: true, stdio: 'ignore' }).unref()
}

async function untilReady(shared: string): Promise<string> {
  for (;;) {
    if (existsSync(join(shared, 'failed'))) throw new Error(readFileSync(join(shared, 'failed'), 'utf8'))
    if (existsSync(join(shared, 'ready'))) return join(shared, 'plane')
    await sleep(100)
  }
}

function handle(folder: string): ControlPlane {
  return {
    folder,
    kubeconfig: kubeconfigPath(folder, 'bakery-desk', 'bakery-reader'),
    adminKubeconfig: join(folder, 'kubeconfig'),
    async kubectl(...args) {
      const { stdout } = await run(join(folder, 'kubectl'), [...args], { maxBuffer: 64 * 1024 * 1024 })
      return stdout
    },
    kubeconfigOf: (namespace, account) => writeKubeconfig(folder, namespace, account),
  }
}

function kubeconfigPath(folder: string, namespace: string, account: string): string {
  return join(folder, `${namespace}.${account}.kubeconfig`)
}

/**
 * The administrator's kubeconfig with the account's own token in place of the administrator's, and beside it a context for
 * each of the others, named after it.
 */
async function writeKubeconfig(
  folder: string,
  namespace: string,
  account: string,
  others: readonly string[] = [],
): Promise<string> {
  const token = async (name: string) => {
    const given = ['create', 'token', name, '-n', namespace, '--duration=2h']
    return (await run(join(folder, 'kubectl'), given)).stdout.trim()
  }
  const user = async (name: string, of: string) => `{ name: ${name}, user: { token: ${await token(of)} } }`
  const context = (name: string, of: string) => `{ name: ${name}, context: { cluster: test, user: ${of} } }`
  const users = await Promise.all([user('admin', account), ...others.map((name) => user(name, name))])
  const contexts = [context('test', 'admin'), ...others.map((name) => context(name, name))]
  const admin = await readFile(join(folder, 'kubeconfig'), 'utf8')
  const own = admin
    .replace(/^users:.*$/m, `users: [${users.join(', ')}]`)
    .replace(/^contexts:.*$/m, `contexts: [${contexts.join(', ')}]`)
  const path = kubeconfigPath(folder, namespace, account)
  await writeFile(path, own, { mode: 0o600 })
  return path
}
