import type { Database } from 'better-sqlite3'
import type { WindowsStore } from '../../clients/stores.ts'

export function createWindowsStore(db: Database): WindowsStore {
  const folder = db.prepare<[string], string>('SELECT folder FROM driver_folders WHERE disk = ?').pluck()
  const putFolder = db.prepare(`
    INSERT INTO driver_folders (disk, folder) VALUES (?, ?)
    ON CONFLICT (disk) DO UPDATE SET folder = excluded.folder`)
  const removeFolder = db.prepare('DELETE FROM driver_folders WHERE disk = ?')
  const card = db.prepare<[string], string>('SELECT bus_id FROM network_cards WHERE mac = ?').pluck()
  const putCard = db.prepare(`
    INSERT INTO network_cards (mac, bus_id) VALUES (?, ?)
    ON CONFLICT (mac) DO UPDATE SET bus_id = excluded.bus_id`)
  const answers = db.prepare<[string], string>('SELECT text FROM install_answers WHERE mac = ?').pluck()
  const putAnswers = db.prepare(`
    INSERT INTO install_answers (mac, text) VALUES (?, ?)
    ON CONFLICT (mac) DO UPDATE SET text = excluded.text`)
  const removeAnswers = db.prepare('DELETE FROM install_answers WHERE mac = ?')
  return {
    driverFolderOf: (disk) => folder.get(disk),
    putDriverFolder: (disk, path) => void (path === undefined ? removeFolder.run(disk) : putFolder.run(disk, path)),
    networkCardOf: (mac) => card.get(mac),
    putNetworkCard: (mac, busId) => void putCard.run(mac, busId),
    installAnswersOf: (mac) => answers.get(mac),
    putInstallAnswers: (mac, text) => void (text === undefined ? removeAnswers.run(mac) : putAnswers.run(mac, text)),
  }
}
