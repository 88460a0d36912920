/** What is known of a file's bytes from one on without reading them. */
export interface FileExtent {
  /** One or more. */
  readonly bytes: number
  /** Whether all of them read as zeros. */
  readonly zero: boolean
}

/** A file that holds a disk, below any format: what formats write through, and where tests put a recorder.
 *  Units: bytes. `read` and `write` return nothing when done at once and a Promise only when they must wait.
 *  Errors: disk.io, disk.full, disk.readOnly, disk.closed. After a failed flush every later write and flush fails. */
export interface DiskFile {
  readonly path: string
  readonly readOnly: boolean
  /** As far as anything was written, or set by `resize`. */
  readonly sizeBytes: number
  /** Fills `into`; what lies beyond the end reads as zeros. */
  read(position: number, into: Uint8Array): void | Promise<void>
  /** Writes the pieces one after the other; writing beyond the end makes the file longer. The pieces are borrowed until
   *  the call (or its promise) is done. @param isData what a PC wrote, which a limit may refuse (disk.full); what keeps
   *  the format in order is never refused. */
  write(position: number, pieces: readonly Uint8Array[], isData?: boolean): void | Promise<void>
  /** Everything written before the call is durable when the promise resolves. Order between two writes is only kept by
   *  a flush between them. */
  flush(): Promise<void>
  /** The range reads as zeros afterwards; its space goes back to the host where it can. */
  zero(position: number, length: number): void | Promise<void>
  readonly canPunch: boolean
  /** How many bytes from `position` on are alike, where that can be told. */
  extent?(position: number): FileExtent
  /** Shorter or longer; new bytes are zeros. Durable after the next flush. */
  resize(sizeBytes: number): Promise<void>
  /** Flushes and lets go. */
  close(): Promise<void>
}
