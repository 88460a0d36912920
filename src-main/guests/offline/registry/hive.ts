import { CodecError } from '../../../base/errors.ts'
import { i32le, u32le, utf16le } from '../disk/little-endian.ts'
import { unreadable, type ByteSource } from '../disk/source.ts'
import {
  CELLS_AT,
  decodeBigData,
  decodeHiveHeader,
  decodeKey,
  decodeSubkeyList,
  decodeValue,
  NONE,
  type HiveHeader,
  type KeyCell,
  type ValueCell,
} from './cells.ts'

const TYPE = { string: 1, expandString: 2, binary: 3, dword: 4, multiString: 7, qword: 11 } as const
const MOST_SUBKEYS = 100_000
const MOST_VALUES = 10_000
const MOST_CELL_BYTES = 2 ** 20
const MOST_DATA_BYTES = 2 ** 20
const SEGMENT_BYTES = 16344
/** What people typed or an installer wrote is shorter; the report shows it. */
const LONGEST_TEXT = 4096
const MOST_TEXTS = 4096
/** Lists of lists go one level deep. */
const DEEPEST_LIST = 2

/** A registry file. Cells are read as they are asked for: SOFTWARE has a hundred megabytes.
 *  Errors of all calls: codec.*, guest.unreadable, what reading fails with. */
export class Hive {
  readonly #source: ByteSource
  readonly #header: HiveHeader

  private constructor(source: ByteSource, header: HiveHeader) {
    this.#source = source
    this.#header = header
  }

  static async open(source: ByteSource): Promise<Hive> {
    return new Hive(source, decodeHiveHeader(await source.read(0, Math.min(CELLS_AT, source.sizeBytes))))
  }

  /** False when Windows did not end its last write: what it still meant to write stands in a log beside the hive. */
  get closed(): boolean {
    return this.#header.primarySequence === this.#header.secondarySequence
  }

  async root(): Promise<HiveKey> {
    return new HiveKey(this, decodeKey(await this.cell(this.#header.rootCell)))
  }

  /** The key at a path with `\` between names, upper or lower case alike; undefined when there is none. */
  async key(path: string): Promise<HiveKey | undefined> {
    let key: HiveKey | undefined = await this.root()
    for (const name of path.split('\\')) {
      key = await key?.subkey(name)
      if (!key) return undefined
    }
    return key
  }

  /** The content of a cell. @param most what of it is wanted at most, bytes */
  async cell(offset: number, most = MOST_CELL_BYTES): Promise<Uint8Array> {
    const length = -i32le(await this.#source.read(CELLS_AT + offset, 4), 0)
    if (offset === NONE || length < 8 || length > MOST_CELL_BYTES || offset + length > this.#header.cellsBytes)
      throw new CodecError(
        'codec.range',
        { structure: 'hive-cell', field: 'size', offset, got: length },
        'a cell in use that lies in the hive',
      )
    return this.#source.read(CELLS_AT + offset + 4, Math.min(length - 4, most))
  }

  /** Data that are kept in several cells come as one. */
  async data(value: ValueCell): Promise<Uint8Array> {
    if (value.inCell) return value.inCell
    if (value.dataBytes > MOST_DATA_BYTES) throw unreadable(`the value ${value.name} is too large`)
    const big = value.dataBytes > SEGMENT_BYTES ? decodeBigData(await this.cell(value.dataCell, 8)) : undefined
    if (!big) {
      const bytes = await this.cell(value.dataCell, value.dataBytes)
      if (bytes.length < value.dataBytes) throw unreadable(`the value ${value.name} is longer than its cell`)
      return bytes
    }
    const list = await this.cell(big.list)
    const out = new Uint8Array(value.dataBytes)
    let done = 0
    for (let i = 0; i < big.segments && done < out.length; i++) {
      if (i * 4 + 4 > list.length) break
      const part = await this.cell(u32le(list, i * 4), Math.min(SEGMENT_BYTES, out.length - done))
      out.set(part, done)
      done += part.length
    }
    if (done < out.length) throw unreadable(`the value ${value.name} is not complete`)
    return out
  }
}

export class HiveKey {
  readonly #hive: Hive
  readonly #cell: KeyCell
  #values: Map<string, ValueCell> | undefined

  constructor(hive: Hive, cell: KeyCell) {
    this.#hive = hive
    this.#cell = cell
  }

  get name(): string {
    return this.#cell.name
  }

  /** All keys directly below, in the hive's order. */
  async subkeys(): Promise<HiveKey[]> {
    const keys: HiveKey[] = []
    for (const cell of await this.#subkeyCells())
      keys.push(new HiveKey(this.#hive, decodeKey(await this.#hive.cell(cell))))
    return keys
  }

  /** The key of that name directly below. */
  async subkey(name: string): Promise<HiveKey | undefined> {
    const wanted = name.toUpperCase()
    for (const cell of await this.#subkeyCells()) {
      const key = decodeKey(await this.#hive.cell(cell))
      if (key.name.toUpperCase() === wanted) return new HiveKey(this.#hive, key)
    }
    return undefined
  }

  async #subkeyCells(): Promise<number[]> {
    const { subkeyCount, subkeyList } = this.#cell
    if (subkeyCount === 0 || subkeyList === NONE) return []
    const cells: number[] = []
    const gather = async (list: number, depth: number): Promise<void> => {
      if (depth > DEEPEST_LIST) throw unreadable('lists of keys lead into each other')
      const found = decodeSubkeyList(await this.#hive.cell(list))
      if (!found.ofLists) cells.push(...found.cells)
      else for (const part of found.cells) await gather(part, depth + 1)
      if (cells.length > MOST_SUBKEYS) throw unreadable(`the key ${this.name} has too many keys below it`)
    }
    await gather(subkeyList, 1)
    return cells
  }

  async #value(name: string): Promise<ValueCell | undefined> {
    this.#values ??= await this.#readValues()
    return this.#values.get(name.toUpperCase())
  }

  async #readValues(): Promise<Map<string, ValueCell>> {
    const { valueCount, valueList } = this.#cell
    const values = new Map<string, ValueCell>()
    if (valueCount === 0 || valueList === NONE) return values
    if (valueCount > MOST_VALUES) throw unreadable(`the key ${this.name} has too many values`)
    const list = await this.#hive.cell(valueList, valueCount * 4)
    for (let i = 0; i < valueCount && i * 4 + 4 <= list.length; i++) {
      const value = decodeValue(await this.#hive.cell(u32le(list, i * 4)))
      values.set(value.name.toUpperCase(), value)
    }
    return values
  }

  /** A text (REG_SZ, REG_EXPAND_SZ); undefined when there is no such value or it is of another type. */
  async text(name: string): Promise<string | undefined> {
    const value = await this.#value(name)
    if (value?.type !== TYPE.string && value?.type !== TYPE.expandString) return undefined
    const text = textOf(await this.#hive.data(value))
    const end = text.indexOf('\0')
    return text.slice(0, Math.min(LONGEST_TEXT, end < 0 ? text.length : end))
  }

  /** Several texts (REG_MULTI_SZ); a single one counts too. */
  async texts(name: string): Promise<string[] | undefined> {
    const value = await this.#value(name)
    if (!value || ![TYPE.string, TYPE.expandString, TYPE.multiString].includes(value.type as 1)) return undefined
    return textOf(await this.#hive.data(value))
      .split('\0', MOST_TEXTS)
      .filter((text) => text !== '')
      .map((text) => text.slice(0, LONGEST_TEXT))
  }

  /** A number (REG_DWORD). */
  async number(name: string): Promise<number | undefined> {
    const value = await this.#value(name)
    if (value?.type !== TYPE.dword || value.dataBytes !== 4) return undefined
    return u32le(await this.#hive.data(value), 0)
  }
}

const textOf = (b: Uint8Array): string => utf16le(b, 0, b.length >> 1)
