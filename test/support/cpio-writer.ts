import { Buffer } from 'node:buffer'

type Content = Uint8Array | string
const pad = (length: number): Buffer => Buffer.alloc((4 - (length & 3)) & 3)

/** One file as cpio's newc form writes it. Source: Linux kernel documentation, "initramfs buffer format". */
function entry(name: string, content: Content = ''): Buffer {
  const bytes = Buffer.from(content as Uint8Array)
  const fields = [1, 0o100644, 0, 0, 1, 0, bytes.length, 0, 0, 0, 0, name.length + 1, 0]
  const numbers = fields.map((n) => n.toString(16).padStart(8, '0').toUpperCase()).join('')
  const head = Buffer.from(`070701${numbers}${name}\0`, 'latin1')
  return Buffer.concat([head, pad(head.length), bytes, pad(bytes.length)])
}

/** An archive of files, as the kernel takes it for its first root file system. */
export const cpioArchive = (files: Readonly<Record<string, Content>>): Uint8Array =>
  new Uint8Array(
    Buffer.concat([...Object.entries(files).map(([name, content]) => entry(name, content)), entry('TRAILER!!!')]),
  )
