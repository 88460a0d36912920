import type { Database } from 'better-sqlite3'
import type { ChapSecretStore } from '../../clients/stores.ts'

export function createChapSecretStore(db: Database): ChapSecretStore {
  const get = db.prepare<[string], { secret: string; reverseSecret: string }>(
    'SELECT secret, reverse_secret AS reverseSecret FROM chap_secrets WHERE mac = ?',
  )
  const put = db.prepare(`
    INSERT INTO chap_secrets (mac, secret, reverse_secret) VALUES (?, ?, ?)
    ON CONFLICT (mac) DO UPDATE SET secret = excluded.secret, reverse_secret = excluded.reverse_secret`)
  const remove = db.prepare('DELETE FROM chap_secrets WHERE mac = ?')
  return {
    get: (mac) => get.get(mac),
    put: (mac, { secret, reverseSecret }) => void put.run(mac, secret, reverseSecret),
    remove: (mac) => void remove.run(mac),
  }
}
