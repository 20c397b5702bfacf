/** A kubeconfig for plain HTTP on the loopback: clients that guard their token want to hear that this is meant. */
export function kubeconfigText(url: string, { name, token }: { name: string; token: string }): string {
  const context = { cluster: 'practice', user: name, namespace: 'bakery-ia' }
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'practice', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
      users: [{ name, user: { token } }],
      contexts: [{ name: 'practice', context }],
      'current-context': 'practice',
    },
    null,
    2,
  )
}
