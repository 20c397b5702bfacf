import type { Pool } from 'pg'
import type { Offer, Offers } from '../core/ports/records.ts'
import { storeFault } from './faults.ts'

/** What buttons stand for. */
export function createOffers(pool: Pool): Offers {
  return {
    async find(id) {
      try {
        const { rows } = await pool.query<Offer>({
          name: 'offer',
          text: `SELECT id, digest, action, line, message, created_at AS "createdAt", used_by AS "usedBy", used_at AS "usedAt"
                 FROM offer WHERE id = $1`,
          values: [id],
        })
        return rows[0] ?? null
      } catch (thrown) {
        throw storeFault('looking up a button', thrown)
      }
    },
  }
}
