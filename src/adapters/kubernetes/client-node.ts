import { registerHooks } from 'node:module'

/**
 * The client library's kubeconfigs: where the cluster is, and every way to log in. Its entry, and the one import that
 * KubeConfig has of what is generated, load every model and API of Kubernetes: a thousand modules, 50 MB and 0.3 s, of which
 * nothing is used here. So KubeConfig comes by its own path and finds the two names that it needs in generated.ts. Were the
 * library laid out in another way, nothing would match and all of it would be loaded: slower, and as right as before.
 */
export const loadKubeConfig = lazily(async () => {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const wanted = specifier === './gen/index.js' && context.parentURL?.endsWith(KUBE_CONFIG) === true
      return next(wanted ? GENERATED : specifier, context)
    },
  })
  try {
    return (await import('@kubernetes/client-node/dist/config.js')).KubeConfig
  } finally {
    hooks.deregister()
  }
})

/** What a request is made of: needed only to ask the library for its proxies. */
export const loadRequests = lazily(() => import('@kubernetes/client-node/dist/gen/http/http.js'))

const KUBE_CONFIG = '/@kubernetes/client-node/dist/config.js'
const GENERATED = new URL('generated.ts', import.meta.url).href

/** Loaded once, when it is first needed. */
function lazily<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loaded: Promise<Module> | null = null
  return () => {
    loaded ??= load()
    return loaded
  }
}
