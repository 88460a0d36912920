import { mkdirSync, readFileSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDir } from './paths.ts'
import { run } from './process.ts'

/** A file system of its own that can be filled without harm to anybody: ext4 in a file. */
export class SmallDisk {
  readonly path: string
  readonly #image: string

  private constructor(path: string, image: string) {
    this.path = path
    this.#image = image
  }

  /** One at a time: what a run that was killed left behind is taken away first. */
  static async mount(sizeBytes: number): Promise<SmallDisk> {
    const disk = new SmallDisk(join(cacheDir, 'small'), join(cacheDir, 'small.img'))
    await disk.remove()
    mkdirSync(disk.path, { recursive: true })
    writeFileSync(disk.#image, '')
    truncateSync(disk.#image, sizeBytes)
    await run(['mkfs.ext4', '-q', '-m', '0', disk.#image])
    await run(['mount', '-o', 'loop', disk.#image, disk.path])
    return disk
  }

  get freeBytes(): number {
    const s = statfsSync(this.path)
    return s.bavail * s.bsize
  }
  /** Takes all space but `leaveBytes`. */
  async fill(leaveBytes: number): Promise<void> {
    await run(['fallocate', '-l', String(this.freeBytes - leaveBytes), join(this.path, 'ballast')])
  }
  empty(): void {
    rmSync(join(this.path, 'ballast'))
  }

  async remove(): Promise<void> {
    // Each line of the table: device, mount point, type …
    const mounted = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .some((line) => line.split(' ')[1] === this.path)
    if (mounted) await run(['umount', this.path])
    rmSync(this.#image, { force: true })
    rmSync(this.path, { recursive: true, force: true })
  }
}
