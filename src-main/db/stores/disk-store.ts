import type { Database } from 'better-sqlite3'
import type { Channel, DiskFormat, DiskRecord, DiskStore, RestorePoint } from '../../disks/disk-record.ts'

interface Row {
  name: string
  file: string
  format: string
  size_bytes: number
  serial: string
  naa: string
  parent: string | null
  base_point: number | null
  sealed_ms: number | null
  content_hash: string | null
  stamp_bytes: number | null
  stamp_modified_ms: number | null
  family: string | null
  version: number | null
  channel: string | null
  note: string | null
  quota_bytes: number | null
  reset_at_boot: number
  created_ms: number
}

function fromRow(row: Row): DiskRecord {
  return {
    name: row.name,
    file: row.file,
    format: row.format as DiskFormat,
    sizeBytes: row.size_bytes,
    serial: row.serial,
    naa: row.naa,
    ...(row.parent !== null && { parent: row.parent }),
    ...(row.base_point !== null && { basePoint: row.base_point }),
    ...(row.sealed_ms !== null && { sealedMs: row.sealed_ms }),
    ...(row.content_hash !== null && { contentHash: row.content_hash }),
    ...(row.stamp_bytes !== null && { stamp: { bytes: row.stamp_bytes, modifiedMs: row.stamp_modified_ms! } }),
    ...(row.family !== null && {
      image: {
        family: row.family,
        version: row.version!,
        ...(row.channel !== null && { channel: row.channel as Channel }),
        ...(row.note !== null && { note: row.note }),
      },
    }),
    ...(row.quota_bytes !== null && { quotaBytes: row.quota_bytes }),
    ...(row.reset_at_boot !== 0 && { resetAtBoot: true }),
    createdMs: row.created_ms,
  }
}

const toRow = (disk: DiskRecord): Row => ({
  name: disk.name,
  file: disk.file,
  format: disk.format,
  size_bytes: disk.sizeBytes,
  serial: disk.serial,
  naa: disk.naa,
  parent: disk.parent ?? null,
  base_point: disk.basePoint ?? null,
  sealed_ms: disk.sealedMs ?? null,
  content_hash: disk.contentHash ?? null,
  stamp_bytes: disk.stamp?.bytes ?? null,
  stamp_modified_ms: disk.stamp?.modifiedMs ?? null,
  family: disk.image?.family ?? null,
  version: disk.image?.version ?? null,
  channel: disk.image?.channel ?? null,
  note: disk.image?.note ?? null,
  quota_bytes: disk.quotaBytes ?? null,
  reset_at_boot: disk.resetAtBoot ? 1 : 0,
  created_ms: disk.createdMs,
})

const COLUMNS = Object.keys(toRow({} as DiskRecord))

interface PointRow {
  id: number
  disk: string
  file: string
  format: string
  identity: string
  parent: string | null
  base_point: number | null
  note: string
  created_ms: number
}

const fromPointRow = (row: PointRow): RestorePoint => ({
  id: row.id,
  disk: row.disk,
  file: row.file,
  format: row.format as DiskFormat,
  identity: row.identity,
  ...(row.parent !== null && { parent: row.parent }),
  ...(row.base_point !== null && { basePoint: row.base_point }),
  note: row.note,
  createdMs: row.created_ms,
})

export function createDiskStore(db: Database): DiskStore {
  const all = db.prepare<[], Row>('SELECT * FROM disks ORDER BY name')
  const put = db.prepare<Row>(`
    INSERT INTO disks (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map((c) => `@${c}`).join(', ')})
    ON CONFLICT (name) DO UPDATE SET ${COLUMNS.map((c) => `${c} = excluded.${c}`).join(', ')}`)
  const remove = db.prepare('DELETE FROM disks WHERE name = ?')
  const points = db.prepare<[], PointRow>('SELECT * FROM restore_points ORDER BY id')
  const addPoint = db.prepare(`
    INSERT INTO restore_points (disk, file, format, identity, parent, base_point, note, created_ms)
    VALUES (@disk, @file, @format, @identity, @parent, @basePoint, @note, @createdMs)`)
  const putPoint = db.prepare(`
    UPDATE restore_points SET file = @file, format = @format, identity = @identity, parent = @parent,
      base_point = @basePoint, note = @note WHERE id = @id`)
  const removePoint = db.prepare('DELETE FROM restore_points WHERE id = ?')
  const stray = db.prepare<[], { file: string }>('SELECT file FROM stray_files ORDER BY file')
  const addStray = db.prepare('INSERT OR IGNORE INTO stray_files (file) VALUES (?)')
  const removeStray = db.prepare('DELETE FROM stray_files WHERE file = ?')
  return {
    all: () => all.all().map(fromRow),
    points: () => points.all().map(fromPointRow),
    atomically: (work) => db.transaction(work)(),
    put: (disk) => void put.run(toRow(disk)),
    remove: (name) => void remove.run(name),
    addPoint: (point) => Number(addPoint.run({ parent: null, basePoint: null, ...point }).lastInsertRowid),
    putPoint: (point) => void putPoint.run({ parent: null, basePoint: null, ...point }),
    removePoint: (id) => void removePoint.run(id),
    strayFiles: () => stray.all().map((row) => row.file),
    addStray: (file) => void addStray.run(file),
    removeStray: (file) => void removeStray.run(file),
  }
}
