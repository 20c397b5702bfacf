/**
 * Group commit: what arrives while one batch is on its way makes up the next. Gathered with setImmediate, because Node's
 * timers know no less than a millisecond.
 */
export interface Batcher<Item, Result> {
  add(item: Item): Promise<Result>
}

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (reason: unknown) => void
}

/** `send` answers for each item in order; when it throws, so does every `add` of the batch. */
export function createBatcher<Item, Result>(options: {
  most: number
  send: (items: readonly Item[]) => Promise<readonly Result[]>
}): Batcher<Item, Result> {
  let queue: Waiting<Item, Result>[] = []
  let busy = false

  function schedule(): void {
    if (busy || queue.length === 0) return
    busy = true
    setImmediate(() => void flush())
  }

  async function flush(): Promise<void> {
    const batch = queue.slice(0, options.most)
    queue = queue.slice(options.most)
    try {
      const results = await options.send(batch.map(({ item }) => item))
      batch.forEach(({ resolve }, index) => {
        resolve(results[index] as Result)
      })
    } catch (thrown) {
      for (const { reject } of batch) reject(thrown)
    }
    busy = false
    schedule()
  }

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        queue.push({ item, resolve, reject })
        schedule()
      }),
  }
}
