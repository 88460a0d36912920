import type { BlockDevice, Extent } from '../block-device.ts'
import type { DiskFile } from '../disk-file.ts'
import { extentInFile } from '../extents.ts'
import { SECTOR } from './format.ts'
import type { VhdInfo } from './layout.ts'

/** A fixed disk: block n is at byte n × 512, the footer behind the last one. */
export class FixedVhd implements BlockDevice {
  readonly blockSize = SECTOR
  readonly blockCount: number
  readonly readOnly: boolean
  readonly canPunch: boolean
  readonly erase: (() => Promise<void>) | undefined
  readonly info: VhdInfo
  readonly #file: DiskFile

  constructor(file: DiskFile, info: VhdInfo) {
    this.#file = file
    this.info = info
    this.blockCount = info.sizeBytes / SECTOR
    this.readOnly = file.readOnly
    this.canPunch = file.canPunch && !file.readOnly
    if (this.canPunch) {
      this.erase = async () => {
        await this.zero(0, this.blockCount)
        await this.flush()
      }
    }
  }
  read(lba: number, into: Uint8Array): void | Promise<void> {
    return this.#file.read(lba * SECTOR, into)
  }
  write(lba: number, from: readonly Uint8Array[]): void | Promise<void> {
    return this.#file.write(lba * SECTOR, from, true)
  }
  zero(lba: number, blocks: number): void | Promise<void> {
    return this.#file.zero(lba * SECTOR, blocks * SECTOR)
  }
  flush(): Promise<void> {
    return this.#file.flush()
  }
  extent(lba: number): Extent {
    return extentInFile(this.#file, lba * SECTOR, SECTOR, this.blockCount - lba)
  }
  close(): Promise<void> {
    return this.#file.close()
  }
}
