import { Buffer } from 'node:buffer'

/** A registry key to be written: values and keys below it. Numbers become REG_DWORD, texts REG_SZ, lists REG_MULTI_SZ,
 *  bytes REG_BINARY. */
export interface KeyToWrite {
  readonly values?: Readonly<Record<string, number | string | readonly string[] | Uint8Array>>
  readonly keys?: Readonly<Record<string, KeyToWrite>>
}

const SEGMENT = 16344

/** A registry hive in one bin, as small as it gets. For tests; foreign programs read what it writes (see the interop
 *  test). Source: Maxim Suhanov, "Windows registry file format specification". */
export function writeHive(
  root: KeyToWrite,
  o: { readonly lists?: 'lf' | 'li' | 'ri'; readonly dirty?: boolean } = {},
): Uint8Array {
  const cells: Buffer[] = []
  let length = 32
  const add = (content: Buffer): number => {
    const size = (content.length + 4 + 7) & ~7
    const cell = Buffer.alloc(size)
    cell.writeInt32LE(-size, 0)
    content.copy(cell, 4)
    cells.push(cell)
    const offset = length
    length += size
    return offset
  }
  const patch = (offset: number, at: number, value: number): void => {
    let start = 32
    for (const cell of cells) {
      if (start === offset) cell.writeUInt32LE(value, 4 + at)
      start += cell.length
    }
  }
  const security = Buffer.alloc(20 + 20)
  security.write('sk', 0, 'latin1')
  security.writeUInt32LE(20, 16)
  // A self-relative descriptor without owner, group or lists.
  security.writeUInt8(1, 20)
  security.writeUInt16LE(0x8000, 22)
  const securityAt = add(security)
  patch(securityAt, 4, securityAt)
  patch(securityAt, 8, securityAt)
  patch(securityAt, 12, 1)

  const dataOf = (value: number | string | readonly string[] | Uint8Array): [number, Buffer] => {
    if (typeof value === 'number') {
      const b = Buffer.alloc(4)
      b.writeUInt32LE(value)
      return [4, b]
    }
    if (typeof value === 'string') return [1, Buffer.from(`${value}\0`, 'utf16le')]
    if (value instanceof Uint8Array) return [3, Buffer.from(value)]
    return [7, Buffer.from([...value, ''].map((text) => `${text}\0`).join(''), 'utf16le')]
  }
  const writeData = (data: Buffer): number => {
    if (data.length <= SEGMENT) return add(data)
    const segments: number[] = []
    for (let at = 0; at < data.length; at += SEGMENT) {
      const part = Buffer.alloc(Math.min(SEGMENT, data.length - at) + 4)
      data.copy(part, 0, at)
      segments.push(add(part))
    }
    const list = add(uint32s(segments))
    const big = Buffer.alloc(8)
    big.write('db', 0, 'latin1')
    big.writeUInt16LE(segments.length, 2)
    big.writeUInt32LE(list, 4)
    return add(big)
  }
  const writeValue = (name: string, value: number | string | readonly string[] | Uint8Array): number => {
    const [type, data] = dataOf(value)
    const cell = Buffer.alloc(20 + name.length)
    cell.write('vk', 0, 'latin1')
    cell.writeUInt16LE(name.length, 2)
    if (data.length <= 4) {
      cell.writeUInt32LE(data.length + 0x80000000, 4)
      data.copy(cell, 8)
    } else {
      cell.writeUInt32LE(data.length, 4)
      cell.writeUInt32LE(writeData(data), 8)
    }
    cell.writeUInt32LE(type, 12)
    cell.writeUInt16LE(1, 16)
    cell.write(name, 20, 'latin1')
    return add(cell)
  }
  const writeKey = (name: string, key: KeyToWrite, parent: number | undefined): number => {
    const cell = Buffer.alloc(76 + name.length)
    cell.write('nk', 0, 'latin1')
    cell.writeUInt16LE(0x20 | (parent === undefined ? 0x0c : 0), 2)
    for (const at of [28, 32, 40, 48]) cell.writeUInt32LE(0xffffffff, at)
    cell.writeUInt32LE(securityAt, 44)
    cell.writeUInt16LE(name.length, 72)
    cell.write(name, 76, 'latin1')
    const own = add(cell)
    patch(own, 16, parent ?? 0xffffffff)
    const values = Object.entries(key.values ?? {}).map(([n, v]) => writeValue(n, v))
    if (values.length > 0) {
      patch(own, 36, values.length)
      patch(own, 40, add(uint32s(values)))
    }
    const names = Object.keys(key.keys ?? {}).sort((a, b) => (a.toUpperCase() < b.toUpperCase() ? -1 : 1))
    const below = names.map((n) => [n, writeKey(n, key.keys![n]!, own)] as const)
    if (below.length > 0) {
      patch(own, 20, below.length)
      patch(own, 28, writeList(below, o.lists ?? 'lf', add))
    }
    return own
  }
  const rootAt = writeKey('root', root, undefined)

  const binBytes = (length + 4095) & ~4095
  const bin = Buffer.alloc(binBytes)
  bin.write('hbin', 0, 'latin1')
  bin.writeUInt32LE(0, 4)
  bin.writeUInt32LE(binBytes, 8)
  let at = 32
  for (const cell of cells) at += cell.copy(bin, at)
  if (at < binBytes) bin.writeInt32LE(binBytes - at, at)
  const head = Buffer.alloc(4096)
  head.write('regf', 0, 'latin1')
  head.writeUInt32LE(o.dirty ? 8 : 7, 4)
  head.writeUInt32LE(7, 8)
  head.writeUInt32LE(1, 20)
  head.writeUInt32LE(5, 24)
  head.writeUInt32LE(1, 32)
  head.writeUInt32LE(rootAt, 36)
  head.writeUInt32LE(binBytes, 40)
  head.writeUInt32LE(1, 44)
  let sum = 0
  for (let i = 0; i < 508; i += 4) sum ^= head.readUInt32LE(i)
  head.writeUInt32LE(sum >>> 0, 508)
  return new Uint8Array(Buffer.concat([head, bin]))
}

function uint32s(values: readonly number[]): Buffer {
  const b = Buffer.alloc(values.length * 4)
  for (const [i, value] of values.entries()) b.writeUInt32LE(value, i * 4)
  return b
}

function writeList(
  below: readonly (readonly [string, number])[],
  kind: 'lf' | 'li' | 'ri',
  add: (b: Buffer) => number,
): number {
  const head = (signature: string, count: number): Buffer => {
    const b = Buffer.alloc(4)
    b.write(signature, 0, 'latin1')
    b.writeUInt16LE(count, 2)
    return b
  }
  if (kind === 'ri') {
    const half = Math.ceil(below.length / 2)
    const parts = [below.slice(0, half), below.slice(half)].filter((part) => part.length > 0)
    const lists = parts.map((part) => writeList(part, 'lf', add))
    return add(Buffer.concat([head('ri', lists.length), uint32s(lists)]))
  }
  if (kind === 'li') return add(Buffer.concat([head('li', below.length), uint32s(below.map(([, cell]) => cell))]))
  const rows = below.map(([name, cell]) => {
    const row = Buffer.alloc(8)
    row.writeUInt32LE(cell, 0)
    row.write(name.slice(0, 4).padEnd(4, '\0'), 4, 'latin1')
    return row
  })
  return add(Buffer.concat([head('lf', below.length), ...rows]))
}
