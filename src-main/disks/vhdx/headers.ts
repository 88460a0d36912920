import { CodecError } from '../../base/errors.ts'
import type { DiskFile } from '../disk-file.ts'
import { damaged, unsupported } from './errors.ts'
import {
  decodeFileIdentifier,
  decodeHeader,
  encodeHeader,
  FILE_IDENTIFIER_BYTES,
  HEADER_BYTES,
  HEADER_OFFSETS,
  LARGEST_FILE,
  MIB,
  type VhdxHeader,
} from './format.ts'

/** The two headers of a file, of which one is current at any time. */
export class HeaderStore {
  readonly #file: DiskFile
  #current: VhdxHeader
  /** Which of HEADER_OFFSETS holds the current one. */
  #slot: number

  constructor(file: DiskFile, current: VhdxHeader, slot: number) {
    this.#file = file
    this.#current = current
    this.#slot = slot
  }
  get current(): VhdxHeader {
    return this.#current
  }
  /** Durable when done; a power cut on the way leaves the old or the new header current. Both copies end up new.
   *  Source: MS-VHDX §2.2.2.1. */
  async update(changes: Partial<Omit<VhdxHeader, 'sequenceNumber'>>): Promise<void> {
    for (let copy = 0; copy < 2; copy++) {
      const next = { ...this.#current, ...changes, sequenceNumber: this.#current.sequenceNumber + 1n }
      const slot = 1 - this.#slot
      await this.#file.write(HEADER_OFFSETS[slot]!, [encodeHeader(next)])
      await this.#file.flush()
      this.#current = next
      this.#slot = slot
    }
  }
}

/** Finds the current header. Errors: codec.value when it is no VHDX file, disk.damaged, disk.unsupported.
 *  Source: MS-VHDX §2.2.2. */
export async function openHeaders(file: DiskFile): Promise<HeaderStore> {
  const identifier = new Uint8Array(FILE_IDENTIFIER_BYTES)
  await file.read(0, identifier)
  decodeFileIdentifier(identifier)
  const found: { readonly header: VhdxHeader; readonly slot: number }[] = []
  for (const [slot, offset] of HEADER_OFFSETS.entries()) {
    const bytes = new Uint8Array(HEADER_BYTES)
    await file.read(offset, bytes)
    try {
      found.push({ header: decodeHeader(bytes), slot })
    } catch (e) {
      // One header may be torn: that is what the other is for.
      if (!(e instanceof CodecError)) throw e
    }
  }
  // Equal numbers mean equal copies (Disk2vhd writes such files): either will do.
  found.sort((a, b) => (a.header.sequenceNumber > b.header.sequenceNumber ? -1 : 1))
  const current = found[0]
  if (!current) throw damaged(file.path, 'both its headers are')
  const { version, logLength, logOffset } = current.header
  if (version !== 1) throw unsupported(file.path, `is of VHDX version ${version}; only version 1 is known`)
  if (
    logLength % MIB !== 0 ||
    logOffset % MIB !== 0 ||
    (logLength > 0 && logOffset < MIB) ||
    logOffset + logLength > LARGEST_FILE
  )
    throw damaged(file.path, 'its log lies in no possible place')
  return new HeaderStore(file, current.header, current.slot)
}
