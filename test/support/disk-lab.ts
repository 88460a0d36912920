import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import { silentLogger } from '../../src-main/base/log.ts'
import { openDatabase } from '../../src-main/db/database.ts'
import { createDiskStore } from '../../src-main/db/stores/disk-store.ts'
import { BlockCache } from '../../src-main/disks/cache.ts'
import type { DiskFormat } from '../../src-main/disks/disk-record.ts'
import type { Watched } from '../../src-main/engine/disks/content.ts'
import { Images } from '../../src-main/engine/disks/images.ts'
import { DiskLibrary } from '../../src-main/engine/disks/library.ts'
import { DiskLife } from '../../src-main/engine/disks/life.ts'
import { FakeClock } from './fake-clock.ts'

export const MIB = 2 ** 20
/** A job that nobody watches or cancels. */
export const unwatched: Watched = { progress: () => {}, signal: new AbortController().signal }

/** A disk folder and its database in a temporary folder, with everything that works on them. */
export class DiskLab {
  readonly folder: string
  readonly disks: string
  readonly clock = new FakeClock()
  readonly cache = new BlockCache({ maximumBytes: 64 * MIB })
  db!: Database
  library!: DiskLibrary
  life!: DiskLife
  images!: Images

  constructor(under = tmpdir()) {
    this.folder = mkdtempSync(join(under, 'bootlace-disks-'))
    this.disks = join(this.folder, 'disks')
  }

  async start(): Promise<void> {
    this.db = openDatabase(join(this.folder, 'bootlace.db'))
    this.library = new DiskLibrary(this.disks, createDiskStore(this.db), this.clock, silentLogger, this.cache)
    this.life = new DiskLife(this.library, this.clock)
    this.images = new Images(this.library, this.life, this.clock)
    this.library.sweep()
    await this.library.openAll()
  }
  /** As after a crash: nothing is flushed or closed in order but the files of this process. */
  async restart(): Promise<void> {
    await this.library.closeAll()
    this.db.close()
    await this.start()
  }
  async end(): Promise<void> {
    await this.library.closeAll()
    this.db.close()
    rmSync(this.folder, { recursive: true })
  }

  /** A sealed image whose blocks begin with a text. */
  async image(name: string, text: string, o: { format?: DiskFormat; sizeBytes?: number } = {}): Promise<void> {
    await this.library.create(name, o.sizeBytes ?? 4 * MIB, false, o.format ?? 'vhdx')
    await this.write(name, 0, text)
    await this.images.planSeal(name).run(unwatched)
  }
  /** Writes a text at the start of a block. */
  async write(name: string, lba: number, text: string): Promise<void> {
    const block = new Uint8Array(512)
    block.set(Buffer.from(text))
    const { device } = this.library.opened(name)!
    await device.write(lba, [block])
    await device.flush()
  }
  /** The text at the start of a block. */
  async read(name: string, lba: number): Promise<string> {
    const block = Buffer.alloc(512)
    await this.library.opened(name)!.device.read(lba, block)
    return block.subarray(0, Math.max(0, block.indexOf(0))).toString()
  }
}
