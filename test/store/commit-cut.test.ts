import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createReceipts } from '../../src/store/receipts.ts'
import { eventually } from './eventually.ts'
import { type Opened, open, recorded, silent, verified } from './opened.ts'
import { type LossyProxy, startProxy } from './proxy.ts'

let opened: Opened
beforeAll(async () => {
  opened = await open()
})
beforeEach(() => opened.reset())
afterAll(() => opened.close())

const count = async (table: string) =>
  Number((await opened.admin.query(`SELECT count(*) AS n FROM ${table}`)).rows[0].n)

describe('a connection that is cut at COMMIT', () => {
  let proxy: LossyProxy
  beforeEach(async () => {
    proxy = await startProxy(opened.database.botUrl)
  })
  afterEach(() => proxy.close())

  it('is found out within the deadline: recorded once, under the decision that was committed', async () => {
    const receipts = createReceipts({
      url: proxy.url,
      owner: opened.store.owner,
      access: opened.store.access,
      log: silent,
    })
    receipts.start()
    recorded(await receipts.record(verified(), 5000))
    proxy.dropAnswers()
    const receipt = receipts.record(verified(), 5000)
    await eventually(async () => expect(await count('request')).toBe(2))
    proxy.cut()
    const { id } = recorded(await receipt)
    const { rows } = await opened.admin.query('SELECT id FROM request ORDER BY at DESC LIMIT 1')
    expect(rows).toEqual([{ id }])
    expect(await count('audit')).toBe(2)
    await receipts.stop()
  })

  it('is not found out within the deadline: the request is ended as NOT_RECORDED and nobody runs it', async () => {
    const receipts = createReceipts({
      url: proxy.url,
      owner: opened.store.owner,
      access: opened.store.access,
      log: silent,
    })
    receipts.start()
    recorded(await receipts.record(verified(), 5000))
    proxy.dropAnswers()
    const receipt = await receipts.record(verified(), 300)
    expect(receipt.state).toBe('not-recorded')
    await eventually(async () => expect(await count('request')).toBe(2))
    proxy.cut()
    const ref = receipt.state === 'not-recorded' ? receipt.ref : ''
    await eventually(async () => {
      const { rows } = await opened.admin.query(
        'SELECT kind, decision, code FROM audit WHERE ref = $1 ORDER BY seq',
        [ref],
      )
      expect(rows).toEqual([
        { kind: 'request', decision: 'allowed', code: null },
        { kind: 'outcome', decision: 'refused', code: 'NOT_RECORDED' },
      ])
    })
    const { rows } = await opened.admin.query('SELECT state FROM request WHERE ref = $1', [ref])
    expect(rows).toEqual([{ state: 'finished' }])
    await receipts.stop()
  })
})
