import { z } from 'zod'

/** Names of objects that platform.yaml does not know. */
const objectName = (what: string) =>
  z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, `must be the whole name of ${what}`)

export const podName = objectName('a pod').describe('the whole name of a pod')
export const nodeName = objectName('a node').describe('the name of a node')
/** `bakery-ia`, or with its namespace `flux-system/bakery-ia`. */
export const fluxName = z
  .string()
  .regex(
    /^([a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?\/)?[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/,
    'must be the name of a Kustomization or a HelmRelease',
  )
  .describe('the name of a Kustomization or a HelmRelease')
