/** What a disk's file is. */
export type DiskFormat = 'raw' | 'vhd' | 'vhdx'

/** Who is given a version of an image: everybody, or the PCs that try it first. A version without a channel is kept for
 *  those that stand on it. */
export type Channel = 'production' | 'test'

/** A sealed disk is one version of an image. */
export interface ImageVersion {
  /** Name of the first version; versions of one family replace each other. */
  readonly family: string
  /** From 1 on. */
  readonly version: number
  /** At most one version of a family has each. */
  readonly channel?: Channel
  /** What people wrote about it. */
  readonly note?: string
}

/** How a file looked when it was sealed: what differs later was changed behind our back. */
export interface FileStamp {
  readonly bytes: number
  /** UTC. */
  readonly modifiedMs: number
}

/** What is known of a disk besides its blocks. */
export interface DiskRecord {
  /** Lower-case letters, digits, dots and hyphens; part of the target name. */
  readonly name: string
  /** Path relative to the disk folder. */
  readonly file: string
  readonly format: DiskFormat
  readonly sizeBytes: number
  /** VPD page 80h. Unique, stable for ever. */
  readonly serial: string
  /** VPD page 83h, NAA locally assigned, 16 hex digits. */
  readonly naa: string
  /** The sealed image it was made from; it holds only what differs. */
  readonly parent?: string
  /** The restore point that its file holds the differences from; absent: it stands on its image, or on nothing. */
  readonly basePoint?: number
  /** Sealed disks are read-only for ever. */
  readonly sealedMs?: number
  /** SHA-256 of all its blocks when it was sealed, hex. */
  readonly contentHash?: string
  readonly stamp?: FileStamp
  readonly image?: ImageVersion
  /** Largest number of bytes that its own file may take on the host. */
  readonly quotaBytes?: number
  /** It goes back to its image at the next start of its PC; a restore point keeps what it was. */
  readonly resetAtBoot?: boolean
  readonly createdMs: number
}

/** A disk as it was at some time: a file that does not change any more. */
export interface RestorePoint {
  readonly id: number
  /** Name of the disk. */
  readonly disk: string
  readonly file: string
  readonly format: DiskFormat
  /** What a raw file is known by to what stands on it, 32 hex digits; other formats have an id of their own. */
  readonly identity: string
  /** As in DiskRecord, at that time. */
  readonly parent?: string
  readonly basePoint?: number
  readonly note: string
  readonly createdMs: number
}

/** Where records are kept. Every call is durable when it returns. */
export interface DiskStore {
  all(): DiskRecord[]
  points(): RestorePoint[]
  /** All of it or nothing. */
  atomically<T>(work: () => T): T
  /** Adds a disk, or puts it in the place of the one of that name. */
  put(disk: DiskRecord): void
  /** Removes a disk; its restore points must be gone. */
  remove(name: string): void
  /** Returns its id. */
  addPoint(point: Omit<RestorePoint, 'id'>): number
  putPoint(point: RestorePoint): void
  removePoint(id: number): void
  /** Files that nobody owns yet, or nobody owns any more: removed at the next start. Relative to the disk folder, or
   *  absolute. */
  strayFiles(): string[]
  addStray(file: string): void
  removeStray(file: string): void
}
