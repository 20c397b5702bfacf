/** How long to wait before the next attempt, in milliseconds: doubling, capped, with jitter so that replicas spread. */
export function backoffMs(
  attempts: number,
  { firstMs, mostMs }: { readonly firstMs: number; readonly mostMs: number },
  random: () => number = Math.random,
): number {
  const full = Math.min(mostMs, firstMs * 2 ** Math.min(attempts, 30))
  return Math.round(full * (0.5 + random() / 2))
}
