import type { Database } from 'better-sqlite3'
import type { DiskRecord, DiskStore } from '../../disks/disk-record.ts'

interface Row {
  name: string
  file: string
  format: string
  size_bytes: number
  serial: string
  naa: string
  parent: string | null
  sealed_ms: number | null
  content_hash: string | null
  created_ms: number
}

function fromRow(row: Row): DiskRecord {
  return {
    name: row.name,
    file: row.file,
    format: row.format as DiskRecord['format'],
    sizeBytes: row.size_bytes,
    serial: row.serial,
    naa: row.naa,
    ...(row.parent !== null && { parent: row.parent }),
    ...(row.sealed_ms !== null && { sealedMs: row.sealed_ms }),
    ...(row.content_hash !== null && { contentHash: row.content_hash }),
    createdMs: row.created_ms,
  }
}

export function createDiskStore(db: Database): DiskStore {
  const all = db.prepare<[], Row>('SELECT * FROM disks ORDER BY name')
  const add = db.prepare(`
    INSERT INTO disks (name, file, format, size_bytes, serial, naa, parent, sealed_ms, created_ms)
    VALUES (@name, @file, @format, @sizeBytes, @serial, @naa, @parent, @sealedMs, @createdMs)`)
  const seal = db.prepare('UPDATE disks SET sealed_ms = @sealedMs, content_hash = @contentHash WHERE name = @name')
  const remove = db.prepare('DELETE FROM disks WHERE name = ?')
  return {
    all: () => all.all().map(fromRow),
    add: (disk) => void add.run({ parent: null, sealedMs: null, ...disk }),
    seal: (name, sealedMs, contentHash) => void seal.run({ name, sealedMs, contentHash }),
    remove: (name) => void remove.run(name),
  }
}
