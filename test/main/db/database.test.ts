import BetterSqlite3 from 'better-sqlite3'
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockDataFolder } from '../../../src-main/db/data-lock.ts'
import { migrate, openDatabase } from '../../../src-main/db/database.ts'
import { migrations } from '../../../src-main/db/migrations/index.ts'
import { createChapSecretStore } from '../../../src-main/db/stores/chap-secret-store.ts'
import { createClientStore } from '../../../src-main/db/stores/client-store.ts'
import { createDiskStore } from '../../../src-main/db/stores/disk-store.ts'
import { createReservationStore } from '../../../src-main/db/stores/reservation-store.ts'
import { createWakeScheduleStore } from '../../../src-main/db/stores/wake-schedule-store.ts'
import { createTimelineStore } from '../../../src-main/db/stores/timeline-store.ts'
import { createWindowsStore } from '../../../src-main/db/stores/windows-store.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bootlace-db-'))))
afterEach(() => rmSync(folder, { recursive: true }))

test('a fresh database has the newest schema and opens again unchanged', () => {
  const path = join(folder, 'a.db')
  const db = openDatabase(path)
  expect(db.pragma('user_version', { simple: true })).toBe(migrations.at(-1)!.version)
  db.close()
  openDatabase(path).close()
  expect(existsSync(`${path}.before-10`)).toBe(false)
})

test('a database of a newer program is refused and left alone', () => {
  const path = join(folder, 'a.db')
  const db = openDatabase(path)
  db.pragma('user_version = 99999')
  db.close()
  expect(() => openDatabase(path)).toThrowError(/newer Bootlace/)
  const again = new BetterSqlite3(path)
  expect(again.pragma('user_version', { simple: true })).toBe(99999)
  again.close()
})

test('a later step makes a backup first, and a failing step changes nothing', () => {
  const path = join(folder, 'a.db')
  openDatabase(path).close()
  const failing = [
    ...migrations,
    {
      version: 9000,
      name: 'fails',
      up: (db: BetterSqlite3.Database) => void db.exec('CREATE TABLE half (a); SELECT no_such_function()'),
    },
  ]
  expect(() => openDatabase(path, failing)).toThrowError(/no_such_function/)
  expect(existsSync(`${path}.before-9000`)).toBe(true)
  const db = openDatabase(path)
  expect(db.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'half'").get()).toEqual({ n: 0 })
  db.close()
})

test('steps out of order are a bug', () => {
  const db = new BetterSqlite3(':memory:')
  expect(() =>
    migrate(db, [
      { version: 20, name: 'b', up: () => {} },
      { version: 10, name: 'a', up: () => {} },
    ]),
  ).toThrowError(/out of order/)
  db.close()
})

test('clients come back as they were put, and a changed one replaces itself', () => {
  const db = openDatabase(':memory:')
  const store = createClientStore(db)
  const client = {
    mac: '52:54:00:00:00:01',
    name: 'pc-01',
    stage: 'run',
    loader: 'auto',
    keep: 'always',
    channel: 'production',
    createdMs: 5,
  } as const
  store.put(client)
  store.put({ ...client, stage: 'install', kernel: '/k', initrd: '/i', kernelArgs: 'a b', group: 'Lab' })
  expect(store.all()).toEqual([
    { ...client, stage: 'install', kernel: '/k', initrd: '/i', kernelArgs: 'a b', group: 'Lab' },
  ])
  const chosen = {
    next: 'local',
    menu: { preset: 'local', locked: ['shell'] },
    gateway: 'clear',
    ownScripts: 'ignore',
  } as const
  store.put({ ...client, ...chosen })
  expect(store.all()).toEqual([{ ...client, ...chosen }])
  store.put(client)
  expect(store.all()).toEqual([client])
  store.remove(client.mac)
  expect(store.all()).toEqual([])
  db.close()
})

test('times of waking come back as they were added, in the order of the day', () => {
  const db = openDatabase(':memory:')
  const store = createWakeScheduleStore(db)
  const plan = { steps: [{ group: 'A' }, { macs: ['52:54:00:00:00:01'] }], staggerSeconds: 3, wait: 'all', waitAtMostSeconds: 60 } as const // prettier-ignore
  const late = store.add({ plan, time: '22:00', weekdays: [6, 7], createdMs: 5 })
  const early = store.add({ plan, time: '07:30', weekdays: [1], createdMs: 6 })
  expect(store.all()).toEqual([early, late])
  expect([store.remove(late.id), store.remove(late.id)]).toEqual([true, false])
  expect(store.all()).toEqual([{ id: early.id, plan, time: '07:30', weekdays: [1], createdMs: 6 }])
  db.close()
})

test('a disk that a client uses cannot be removed behind its back', () => {
  const db = openDatabase(':memory:')
  createDiskStore(db).put({
    name: 'd',
    file: 'd.img',
    format: 'raw',
    sizeBytes: 512,
    serial: 'S',
    naa: '3000000000000001',
    createdMs: 1,
  })
  createClientStore(db).put({
    mac: '52:54:00:00:00:01',
    name: 'pc-01',
    disk: 'd',
    stage: 'run',
    loader: 'auto',
    keep: 'always',
    channel: 'production',
    createdMs: 1,
  })
  expect(() => createDiskStore(db).remove('d')).toThrowError(/FOREIGN KEY/)
  db.close()
})

test('the timeline gives the newest entries in order of time, and what came after an id', () => {
  const db = openDatabase(':memory:')
  const store = createTimelineStore(db)
  for (let i = 1; i <= 5; i++)
    store.add({ atMs: i, mac: i % 2 ? 'a' : 'b', type: 'seen', text: `event ${i}`, data: { i } })
  expect(store.list({ limit: 2 }).map((e) => e.text)).toEqual(['event 4', 'event 5'])
  expect(store.list({ mac: 'a', limit: 10 }).map((e) => e.data['i'])).toEqual([1, 3, 5])
  expect(store.list({ afterId: 3, limit: 10 }).map((e) => e.id)).toEqual([4, 5])
  expect(store.list({ mac: 'b', afterId: 2, limit: 10 }).map((e) => e.id)).toEqual([4])
  db.close()
})

test('the timeline forgets its oldest entries beyond what it keeps', () => {
  const db = openDatabase(':memory:')
  const store = createTimelineStore(db, 100)
  for (let i = 1; i <= 1000; i++) store.add({ atMs: i, mac: 'a', type: 'seen', text: '', data: {} })
  expect(store.list({ limit: 5000 }).length).toBe(100)
  db.close()
})

test('a data folder has one owner, who is named, and is free again after it', () => {
  const release = lockDataFolder(folder)
  expect(() => lockDataFolder(folder)).toThrowError(new RegExp(`another engine \\(PID ${process.pid}\\) already uses`))
  release()
  lockDataFolder(folder)()
})

test('a data folder that cannot be used says which and what to do', () => {
  writeFileSync(join(folder, 'file'), '')
  for (const bad of [join(folder, 'file'), join(folder, 'file', 'below')])
    expect(() => lockDataFolder(bad)).toThrowError(/the data folder .* cannot be used \(E\w+\)/)
})

test('only the owner can read the database and its backup, whatever the folder allows', () => {
  const before = process.umask(0)
  try {
    chmodSync(folder, 0o777)
    const path = join(folder, 'a.db')
    openDatabase(path).close()
    chmodSync(path, 0o644)
    const later = [...migrations, { version: 9000, name: 'later', up: () => {} }]
    const db = openDatabase(path, later)
    db.pragma('wal_checkpoint')
    const files = [path, `${path}-wal`, `${path}.before-9000`]
    expect(files.map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600, 0o600])
    db.close()
    const backup = new BetterSqlite3(`${path}.before-9000`)
    expect(backup.pragma('user_version', { simple: true })).toBe(migrations.at(-1)!.version)
    backup.close()
  } finally {
    process.umask(before)
  }
})

test('PCs of an earlier database are in no group', () => {
  const db = new BetterSqlite3(':memory:')
  migrate(
    db,
    migrations.filter((m) => m.version <= 30),
  )
  db.exec(
    `INSERT INTO clients (mac, name, stage, loader, created_ms) VALUES ('52:54:00:00:00:01', 'pc-01', 'run', 'auto', 5)`,
  )
  migrate(db, migrations)
  const [client] = createClientStore(db).all()
  expect(client).toMatchObject({ name: 'pc-01', createdMs: 5 })
  expect(client).not.toHaveProperty('group')
  db.close()
})

test('passwords lie in a table of their own, and go with their client', () => {
  const db = openDatabase(':memory:')
  const clients = createClientStore(db)
  const secrets = createChapSecretStore(db)
  const mac = '52:54:00:00:00:01'
  const rest = { stage: 'run', loader: 'auto', keep: 'always', channel: 'production', createdMs: 1 } as const
  const client = { mac, name: 'pc-01', ...rest, chap: 'mutual', exclusive: true } as const
  clients.put(client)
  expect(clients.all()).toEqual([client])
  secrets.put(mac, { secret: 'a', reverseSecret: 'b' })
  secrets.put(mac, { secret: 'c', reverseSecret: 'd' })
  expect(secrets.get(mac)).toEqual({ secret: 'c', reverseSecret: 'd' })
  // Changing the client leaves them alone.
  clients.put({ mac, name: 'pc-02', ...rest })
  expect(clients.all()).toEqual([{ mac, name: 'pc-02', ...rest }])
  expect(secrets.get(mac)).toEqual({ secret: 'c', reverseSecret: 'd' })
  clients.remove(mac)
  expect(db.prepare('SELECT count(*) AS n FROM chap_secrets').get()).toEqual({ n: 0 })
  expect(() => secrets.put('52:54:00:00:00:02', { secret: 'a', reverseSecret: 'b' })).toThrowError(/FOREIGN KEY/)
  db.close()
})

test('answer files lie in a table of their own, and go with their client', () => {
  const db = openDatabase(':memory:')
  const clients = createClientStore(db)
  const store = createWindowsStore(db)
  const mac = '52:54:00:00:00:01'
  const rest = { stage: 'install', loader: 'auto', keep: 'always', channel: 'production', createdMs: 1 } as const
  clients.put({ mac, name: 'pc-01', ...rest })
  expect(store.installAnswersOf(mac)).toBeUndefined()
  store.putInstallAnswers(mac, '<a/>')
  store.putInstallAnswers(mac, '<b/>')
  expect(store.installAnswersOf(mac)).toBe('<b/>')
  clients.put({ mac, name: 'pc-02', ...rest })
  expect(store.installAnswersOf(mac)).toBe('<b/>')
  store.putInstallAnswers(mac, undefined)
  expect(store.installAnswersOf(mac)).toBeUndefined()
  store.putInstallAnswers(mac, '<c/>')
  clients.remove(mac)
  expect(db.prepare('SELECT count(*) AS n FROM install_answers').get()).toEqual({ n: 0 })
  expect(() => store.putInstallAnswers(mac, '<d/>')).toThrowError(/FOREIGN KEY/)
  db.close()
})

test('clients of an earlier version need no password and are for everybody', () => {
  const db = new BetterSqlite3(':memory:')
  migrate(
    db,
    migrations.filter((step) => step.version < 80),
  )
  db.prepare(
    "INSERT INTO clients (mac, name, stage, loader, keep, channel, created_ms) VALUES ('m', 'pc-01', 'run', 'auto', 'always', 'production', 1)",
  ).run()
  migrate(db, migrations)
  const [client] = createClientStore(db).all()
  expect(client).toMatchObject({ name: 'pc-01' })
  expect(client).not.toHaveProperty('chap')
  expect(client).not.toHaveProperty('exclusive')
  db.close()
})

test('PCs of an earlier database have no installation medium as a drive, and keep one that they are given', () => {
  const db = new BetterSqlite3(':memory:')
  migrate(
    db,
    migrations.filter((m) => m.version < 70),
  )
  db.exec(
    `INSERT INTO clients (mac, name, stage, loader, created_ms) VALUES ('52:54:00:00:00:01', 'pc-01', 'install', 'auto', 5)`,
  )
  migrate(db, migrations)
  const store = createClientStore(db)
  const [client] = store.all()
  expect(client).not.toHaveProperty('mediumDrive')
  store.put({ ...client!, mediumDrive: '/isos/debian.iso' })
  expect(store.all()).toMatchObject([{ name: 'pc-01', mediumDrive: '/isos/debian.iso' }])
  db.close()
})

test('reservations are kept by disk, replaced, taken away, and end with their disk', () => {
  const db = openDatabase(':memory:')
  const disks = createDiskStore(db)
  const store = createReservationStore(db)
  for (const name of ['a', 'b']) {
    const naa = `300000000000000${name}`
    disks.put({ name, file: `${name}.img`, format: 'raw', sizeBytes: 512, serial: name, naa, createdMs: 1 })
    store.set(name, { type: 1 })
  }
  store.set('a', { type: 3 })
  expect([store.get('a'), store.get('b')]).toEqual([{ type: 3 }, { type: 1 }])
  store.remove('b')
  disks.remove('a')
  expect([store.get('a'), store.get('b')]).toEqual([undefined, undefined])
  expect(() => store.set('nobody', {})).toThrowError(/FOREIGN KEY/)
  db.close()
})
