import { describe, expect, it } from 'vitest'
import { orAborted, shareLooks } from '../../src/core/waiting.ts'

const gate = () => Promise.withResolvers<string>()

describe('waiting', () => {
  it('ends with the work', async () => {
    await expect(orAborted(Promise.resolve('done'), new AbortController().signal)).resolves.toBe('done')
  })

  it('ends with the signal, whatever the work does later', async () => {
    const { promise, reject } = gate()
    const end = new AbortController()
    const waited = orAborted(promise, end.signal)
    end.abort(new Error('enough'))
    await expect(waited).rejects.toThrow('enough')
    reject(new Error('too late to matter'))
  })

  it('does not begin when the signal has ended before', async () => {
    const work = Promise.reject(new Error('not heard'))
    await expect(orAborted(work, AbortSignal.abort(new Error('over')))).rejects.toThrow('over')
  })
})

describe('sharing a look', () => {
  const started = () => {
    const looks: { signal: AbortSignal; resolve(text: string): void; reject(error: Error): void }[] = []
    const look = shareLooks((signal) => {
      const { promise, resolve, reject } = gate()
      looks.push({ signal, resolve, reject })
      return promise
    })
    return { looks, look }
  }
  const forEver = new AbortController().signal

  it('gives everybody who asks at the same time the same answer', async () => {
    const { looks, look } = started()
    const answers = [look(forEver), look(forEver), look(forEver)]
    expect(looks).toHaveLength(1)
    looks[0]?.resolve('seen')
    await expect(Promise.all(answers)).resolves.toEqual(['seen', 'seen', 'seen'])
  })

  it('looks again for one who asks later', async () => {
    const { looks, look } = started()
    const first = look(forEver)
    looks[0]?.resolve('first')
    await first
    const second = look(forEver)
    looks[1]?.resolve('second')
    await expect(second).resolves.toBe('second')
  })

  it('goes on for the others when one has waited enough', async () => {
    const { looks, look } = started()
    const impatient = new AbortController()
    const gone = look(impatient.signal)
    const patient = look(forEver)
    impatient.abort(new Error('enough'))
    await expect(gone).rejects.toThrow('enough')
    expect(looks[0]?.signal.aborted).toBe(false)
    looks[0]?.resolve('seen')
    await expect(patient).resolves.toBe('seen')
  })

  it('ends when the last has gone, and the next one looks afresh', async () => {
    const { looks, look } = started()
    const end = new AbortController()
    const gone = [look(end.signal), look(end.signal)]
    end.abort(new Error('enough'))
    await Promise.allSettled(gone)
    expect(looks[0]?.signal.aborted).toBe(true)
    const next = look(forEver)
    expect(looks).toHaveLength(2)
    looks[0]?.reject(new Error('of the first look'))
    looks[1]?.resolve('seen')
    await expect(next).resolves.toBe('seen')
  })

  it('fails for everybody, once', async () => {
    const { looks, look } = started()
    const answers = [look(forEver), look(forEver)]
    looks[0]?.reject(new Error('broken'))
    const settled = await Promise.allSettled(answers)
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    const next = look(forEver)
    looks[1]?.resolve('well again')
    await expect(next).resolves.toBe('well again')
  })
})
