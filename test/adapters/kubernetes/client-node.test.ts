import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { loadKubeConfig } from '../../../src/adapters/kubernetes/client-node.ts'

/** Loads kubeconfigs in a process of its own and prints which modules of the client library's generated code came with them. */
const SCRIPT = `
  import { registerHooks } from 'node:module'
  const loaded = []
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
  const { loadKubeConfig } = await import('./src/adapters/kubernetes/client-node.ts')
  await loadKubeConfig()
  console.log(JSON.stringify(loaded.filter((url) => /client-node.dist.gen.(models|types|apis)/.test(url))))
`

it('loads kubeconfigs without the models and APIs of the client library', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', SCRIPT])
  expect(JSON.parse(stdout)).toEqual([])
})

it('gives the same class every time', async () => {
  const [first, second] = await Promise.all([loadKubeConfig(), loadKubeConfig()])
  expect(first).toBe(second)
  expect(new first().getContexts()).toEqual([])
})
