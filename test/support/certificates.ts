import { execFile } from 'node:child_process'
import { chown, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from './servers.ts'

const run = promisify(execFile)

/** A server's certificate with the authority that signed it, as files and as text. */
export interface Certificates {
  /** Everything is in here: remove it at the end. */
  readonly folder: string
  readonly ca: string
  readonly caFile: string
  readonly certificateFile: string
  readonly keyFile: string
}

/** Makes an authority and a certificate for `names` (`DNS:localhost`, `IP:127.0.0.1`), with a key that `owner` alone can read. */
export async function makeCertificates(
  names: readonly string[],
  owner?: { uid?: number | undefined; gid?: number | undefined },
): Promise<Certificates> {
  const folder = await temporaryFolder('certificates')
  const file = (name: string) => join(folder, name)
  const key = (name: string) => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    file(name),
  ]
  await run('openssl', [
    'req',
    '-x509',
    ...key('ca.key'),
    '-out',
    file('ca.crt'),
    '-days',
    '2',
    '-subj',
    '/CN=Test CA',
  ])
  await run('openssl', ['req', ...key('server.key'), '-out', file('server.csr'), '-subj', '/CN=server'])
  await writeFile(file('names'), `subjectAltName=${names.join(',')}\n`)
  await run('openssl', [
    ...['x509', '-req', '-in', file('server.csr'), '-CA', file('ca.crt'), '-CAkey', file('ca.key')],
    ...['-CAcreateserial', '-days', '2', '-extfile', file('names'), '-out', file('server.crt')],
  ])
  if (owner?.uid !== undefined) {
    const { uid, gid = owner.uid } = owner
    await Promise.all([folder, file('server.key'), file('server.crt')].map((path) => chown(path, uid, gid)))
  }
  return {
    folder,
    ca: await readFile(file('ca.crt'), 'utf8'),
    caFile: file('ca.crt'),
    certificateFile: file('server.crt'),
    keyFile: file('server.key'),
  }
}
