/** What a disk's file is. */
export type DiskFormat = 'raw' | 'vhd' | 'vhdx'

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
  /** Sealed disks are read-only for ever. */
  readonly sealedMs?: number
  /** SHA-256 of all its blocks when it was sealed, hex. */
  readonly contentHash?: string
  readonly createdMs: number
}

export interface DiskStore {
  all(): DiskRecord[]
  add(disk: DiskRecord): void
  seal(name: string, sealedMs: number, contentHash: string): void
  remove(name: string): void
}
