import type { Database } from 'better-sqlite3'
import type { UserDataOf, UserDataStore } from '../../clients/stores.ts'

export function createUserDataStore(db: Database): UserDataStore {
  const get = db.prepare<[object], string>('SELECT text FROM user_data WHERE mac = @mac OR family = @family').pluck()
  const remove = db.prepare('DELETE FROM user_data WHERE mac = @mac OR family = @family')
  const add = db.prepare('INSERT INTO user_data (mac, family, text) VALUES (@mac, @family, @text)')
  const key = (whose: UserDataOf) => ({ mac: null, family: null, ...whose })
  return {
    get: (whose) => get.get(key(whose)),
    set: db.transaction((whose: UserDataOf, text: string | undefined) => {
      remove.run(key(whose))
      if (text !== undefined) add.run({ ...key(whose), text })
    }),
  }
}
