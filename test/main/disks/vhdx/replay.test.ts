import { describe, expect, test } from 'vitest'
import { createVhdx, inspectVhdx, openVhdx } from '../../../../src-main/disks/vhdx-device.ts'
import {
  decodeHeader,
  encodeHeader,
  HEADER_OFFSETS,
  MIB,
  type VhdxHeader,
} from '../../../../src-main/disks/vhdx/format.ts'
import { encodeLogEntry, type LogUpdate } from '../../../../src-main/disks/vhdx/log-format.ts'
import { findActiveSequence } from '../../../../src-main/disks/vhdx/replay.ts'
import { MemoryFile } from '../../../support/memory-file.ts'
import { PowerCuts, RecordingFile } from '../../../support/recording-file.ts'
import { SparseBytes } from '../../../support/sparse-bytes.ts'

const GUID = '01234567-89ab-4cde-8f01-23456789abcd'
const OTHER = 'fedcba98-7654-4321-8fed-cba987654321'
const at = 3 * MIB

/** @param o `at`: where in the log, in sectors of 4 KiB; `tail`: the same of the oldest entry. */
function entryOf(o: { sequence: number; tail: number; guid?: string; updates?: LogUpdate[] }): Uint8Array {
  return encodeLogEntry({
    tail: o.tail * 4096,
    sequenceNumber: BigInt(o.sequence),
    logGuid: o.guid ?? GUID,
    flushedFileOffset: 0,
    lastFileOffset: 4 * MIB,
    updates: o.updates ?? [{ is: 'data', fileOffset: at, data: new Uint8Array(4096).fill(o.sequence) }],
  })
}
function logOf(entries: Record<number, Uint8Array>, sectors = 16): Uint8Array {
  const log = new Uint8Array(sectors * 4096)
  for (const [sector, entry] of Object.entries(entries)) {
    const from = Number(sector) * 4096
    const first = entry.subarray(0, log.length - from)
    log.set(first, from)
    log.set(entry.subarray(first.length), 0)
  }
  return log
}
const sequences = (log: Uint8Array): number[] => findActiveSequence(log, GUID).map((e) => Number(e.sequenceNumber))

describe('the active sequence', () => {
  test('is none in an empty log', () => {
    expect(sequences(logOf({}))).toEqual([])
  })
  test('runs from the tail of its newest entry to that entry', () => {
    const log = logOf({
      2: entryOf({ sequence: 5, tail: 2 }),
      4: entryOf({ sequence: 6, tail: 4 }),
      6: entryOf({ sequence: 7, tail: 4 }),
    })
    expect(sequences(log)).toEqual([6, 7])
  })
  test('is the newer of two', () => {
    expect(sequences(logOf({ 0: entryOf({ sequence: 9, tail: 0 }), 8: entryOf({ sequence: 8, tail: 8 }) }))).toEqual([
      9,
    ])
  })
  test('goes around the end of the ring', () => {
    expect(sequences(logOf({ 15: entryOf({ sequence: 3, tail: 15 }), 1: entryOf({ sequence: 4, tail: 15 }) }))).toEqual(
      [3, 4],
    )
  })
  test('leaves out torn entries, and entries of another session', () => {
    const torn = entryOf({ sequence: 12, tail: 8 })
    torn[5000]! ^= 1
    const log = logOf({
      0: entryOf({ sequence: 11, tail: 0 }),
      4: entryOf({ sequence: 20, tail: 4, guid: OTHER }),
      8: torn,
    })
    expect(sequences(log)).toEqual([11])
  })
  test('is none when the tail is missing', () => {
    expect(sequences(logOf({ 4: entryOf({ sequence: 7, tail: 2 }) }))).toEqual([])
  })
})

/** A file whose writer died after a flush and before it was closed. */
async function unclosed(): Promise<SparseBytes> {
  const bytes = new SparseBytes()
  await createVhdx({ file: new MemoryFile(bytes), sizeBytes: 4 * MIB, blockSizeBytes: MIB })
  const file = new RecordingFile(new MemoryFile(bytes))
  const device = await openVhdx(file)
  await device.write(2048, [new Uint8Array(4096).fill(0x42)])
  await device.flush()
  // Cut before the table is in its place: without its log the block is lost.
  return new PowerCuts(file.record).at(file.record.flushes.at(-1)!.done, 'none')
}
const contentOf = async (file: MemoryFile): Promise<number> => {
  const into = new Uint8Array(4096)
  await (await openVhdx(file)).read(2048, into)
  return into.every((b) => b === into[0]) ? into[0]! : NaN
}

describe('a file that was not closed', () => {
  test('is brought in order when it is opened, and says so before', async () => {
    const bytes = await unclosed()
    expect(await inspectVhdx(new MemoryFile(bytes))).toMatchObject({ needsReplay: true })
    const file = new MemoryFile(bytes)
    expect(await contentOf(file)).toBe(0x42)
    expect(await inspectVhdx(new MemoryFile(bytes))).toMatchObject({ needsReplay: false })
  })
  test('is only read when it may only be read', async () => {
    const file = new MemoryFile(await unclosed(), { readOnly: true })
    expect(await contentOf(file)).toBe(0x42)
    expect(file.changes).toBe(0)
  })
  test('is the same when its log is replayed twice', async () => {
    const bytes = await unclosed()
    const before = bytes.copy()
    await openVhdx(new MemoryFile(bytes))
    const once = bytes.copy()
    // The power failed before the headers said that the log is empty.
    const headers = new Uint8Array(MIB)
    before.read(0, headers)
    bytes.write(0, headers)
    expect(await inspectVhdx(new MemoryFile(bytes))).toMatchObject({ needsReplay: true })
    await openVhdx(new MemoryFile(bytes))
    expect(bytes.size).toBe(once.size)
    const [first, second] = [once, bytes].map((b) => {
      const rest = new Uint8Array(b.size - MIB)
      b.read(MIB, rest)
      return rest
    })
    expect(Buffer.compare(first!, second!)).toBe(0)
  })
  test('shows what its log tells of below a child too, and is not changed', async () => {
    const file = new MemoryFile(await unclosed(), { readOnly: true })
    const parent = await openVhdx(file)
    const { dataWriteGuid } = parent
    const top = new MemoryFile()
    await createVhdx({ file: top, sizeBytes: 4 * MIB, parent: { dataWriteGuid, relativePath: 'p.vhdx' } })
    const child = await openVhdx(top, { parent: { device: parent, dataWriteGuid } })
    await child.write(2049, [new Uint8Array(512).fill(7)])
    const into = new Uint8Array(1536)
    await child.read(2048, into)
    expect([into[0], into[512], into[1024]]).toEqual([0x42, 7, 0x42])
    await child.close()
    expect(file.changes).toBe(0)
  })
  test('is refused without its log: the log is what is needed', async () => {
    const bytes = await unclosed()
    bytes.write(MIB, new Uint8Array(MIB))
    await expect(openVhdx(new MemoryFile(bytes))).rejects.toMatchObject({ code: 'disk.damaged' })
  })
  test('is refused when its log has no length', async () => {
    const bytes = await unclosed()
    await changeHeaders(bytes, { logLength: 0 })
    await expect(openVhdx(new MemoryFile(bytes))).rejects.toMatchObject({ code: 'disk.damaged' })
  })
  test('is refused when its end is missing', async () => {
    const bytes = await unclosed()
    bytes.resize(4 * MIB)
    await expect(openVhdx(new MemoryFile(bytes))).rejects.toMatchObject({ code: 'disk.damaged' })
  })
  test('may not have its headers written by its log', async () => {
    const bytes = await unclosed()
    const header = new Uint8Array(4096)
    bytes.read(HEADER_OFFSETS[0], header)
    const { logGuid, logOffset } = decodeHeader(header)
    const updates: LogUpdate[] = [{ is: 'data', fileOffset: 0, data: new Uint8Array(4096) }]
    bytes.write(logOffset, entryOf({ sequence: 99, tail: 0, guid: logGuid, updates }))
    await expect(openVhdx(new MemoryFile(bytes))).rejects.toMatchObject({ code: 'disk.damaged' })
  })
})

async function changeHeaders(bytes: SparseBytes, changes: Partial<VhdxHeader>): Promise<void> {
  for (const offset of HEADER_OFFSETS) {
    const header = new Uint8Array(4096)
    bytes.read(offset, header)
    bytes.write(offset, encodeHeader({ ...decodeHeader(header), ...changes }))
  }
}

describe('a log that is written', () => {
  test('has a version that can be replayed, whatever the empty one had', async () => {
    const bytes = new SparseBytes()
    await createVhdx({ file: new MemoryFile(bytes), sizeBytes: 4 * MIB, blockSizeBytes: MIB })
    await changeHeaders(bytes, { logVersion: 2 })
    const device = await openVhdx(new MemoryFile(bytes))
    await device.write(2048, [new Uint8Array(4096).fill(0x42)])
    await device.flush()
    expect(await contentOf(new MemoryFile(bytes))).toBe(0x42)
  })
  test('is one that can be read back, however large the empty one was', async () => {
    const bytes = new SparseBytes()
    await createVhdx({ file: new MemoryFile(bytes), sizeBytes: 4 * MIB, blockSizeBytes: MIB })
    await changeHeaders(bytes, { logOffset: 64 * MIB, logLength: 1024 * MIB })
    const device = await openVhdx(new MemoryFile(bytes))
    await device.write(2048, [new Uint8Array(4096).fill(0x42)])
    await device.flush()
    expect(await inspectVhdx(new MemoryFile(bytes))).toMatchObject({ needsReplay: true })
    expect(await contentOf(new MemoryFile(bytes))).toBe(0x42)
  })
  test('is not read when it is larger than memory should hold', async () => {
    const bytes = await unclosed()
    await changeHeaders(bytes, { logOffset: 64 * MIB, logLength: 1024 * MIB })
    bytes.resize(2048 * MIB)
    const refusal = { code: 'disk.unsupported', hint: expect.stringContaining('program that made it') as string }
    await expect(openVhdx(new MemoryFile(bytes))).rejects.toMatchObject(refusal)
  })
  test('may not ask for zeros without end', async () => {
    const bytes = await unclosed()
    const header = new Uint8Array(4096)
    bytes.read(HEADER_OFFSETS[0], header)
    const { logGuid, logOffset } = decodeHeader(header)
    const updates = Array.from({ length: 100 }, (): LogUpdate => ({ is: 'zero', fileOffset: at, length: MIB }))
    bytes.write(logOffset, entryOf({ sequence: 99, tail: 0, guid: logGuid, updates }))
    await expect(openVhdx(new MemoryFile(bytes))).rejects.toMatchObject({ code: 'disk.damaged' })
  })
})

describe('headers', () => {
  test('one torn header does no harm, two do', async () => {
    const bytes = new SparseBytes()
    await createVhdx({ file: new MemoryFile(bytes), sizeBytes: MIB })
    bytes.write(HEADER_OFFSETS[1] + 8, new Uint8Array(512))
    await (await openVhdx(new MemoryFile(bytes))).close()
    bytes.write(HEADER_OFFSETS[0] + 8, new Uint8Array(512))
    await expect(openVhdx(new MemoryFile(bytes))).rejects.toMatchObject({ code: 'disk.damaged' })
  })
  test('another version is refused', async () => {
    const bytes = new SparseBytes()
    await createVhdx({ file: new MemoryFile(bytes), sizeBytes: MIB })
    await changeHeaders(bytes, { version: 2 })
    await expect(openVhdx(new MemoryFile(bytes))).rejects.toMatchObject({ code: 'disk.unsupported' })
  })
})
