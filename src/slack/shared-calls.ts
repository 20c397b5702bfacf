/** Runs one call a key at a time: who asks for a key that is under way waits for the same call. */
export function createSharedCalls(): (key: string, call: () => Promise<void>) => Promise<void> {
  const underWay = new Map<string, Promise<void>>()
  return (key, call) => {
    const found = underWay.get(key)
    if (found !== undefined) return found
    const started = call().finally(() => underWay.delete(key))
    underWay.set(key, started)
    return started
  }
}
