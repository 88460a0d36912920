import { putAscii } from '../../src-main/base/bytes.ts'
import { wimbootFile } from './wimboot-file.ts'

/** What the stand-in says on the serial line, with the bytes of files it was handed in hex. */
export const STAND_IN_SAYS = /STAND-IN wimboot was given 0x([0-9a-f]{8}) bytes/

const CODE = 0x240
const FIRST = 0x2c0
const LAST = 0x2e8
/** Where a loader writes the length of all initrds. Source: Documentation/x86/boot of Linux, ramdisk_size. */
const RAMDISK_SIZE = 0x21c

/** A kernel in place of wimboot, for BIOS: it passes the same checks, says on the serial line how much it was handed, and
 *  stops. The data segment is the start of the file, as the boot protocol of Linux has it. */
export function standInKernel(): Uint8Array {
  const bytes = wimbootFile('v2.9.0')
  const put = (at: number, ...values: number[]) => bytes.set(values, at)
  // The header: setup sectors, protocol 2.03, loaded high; the jump over it to the code.
  put(0x1f1, 4)
  put(0x200, 0xeb, CODE - 0x202)
  put(0x206, 0x03, 0x02)
  put(0x211, 0x01)
  put(0x22c, 0xff, 0xff, 0xff, 0x37)
  const text = (at: number, words: string) => putAscii(bytes, at, words.length + 1, words, 0)
  text(FIRST, '\r\nSTAND-IN wimboot was given 0x')
  text(LAST, ' bytes\r\n')
  const main = 30
  const printChar = CODE + main
  const printText = printChar + 15
  const printHex = printText + 11
  const call = (from: number, to: number): number[] => {
    const by = (to - (from + 3)) & 0xffff
    return [0xe8, by & 0xff, by >> 8]
  }
  const low = (n: number): [number, number] => [n & 0xff, n >> 8]
  put(
    CODE,
    ...[0xbe, ...low(FIRST), ...call(CODE + 3, printText)], // mov si, first; call printText
    ...[0x66, 0x8b, 0x1e, ...low(RAMDISK_SIZE), ...call(CODE + 11, printHex)], // mov ebx, [ramdisk_size]; call printHex
    ...[0xbe, ...low(LAST), ...call(CODE + 17, printText)], // mov si, last; call printText
    ...[0xfa, 0xf4, 0xeb, 0xfd], // cli; hlt; again
  )
  // push ax; wait until the line is free; pop ax; out
  put(printChar, 0x50, 0xba, 0xfd, 0x03, 0xec, 0xa8, 0x20, 0x74, 0xfb, 0x58, 0xba, 0xf8, 0x03, 0xee, 0xc3)
  // lodsb; test al, al; jz end; call printChar; again; end: ret
  put(printText, 0xac, 0x84, 0xc0, 0x74, 0x05, ...call(printText + 5, printChar), 0xeb, 0xf6, 0xc3)
  put(
    printHex,
    ...[
      0xb9, 0x08, 0x00, 0x66, 0xc1, 0xc3, 0x04, 0x88, 0xd8, 0x24, 0x0f, 0x04, 0x30, 0x3c, 0x39, 0x76, 0x02, 0x04, 0x27,
    ],
    ...[...call(printHex + 19, printChar), 0xe2, 0xeb, 0xc3],
  )
  return bytes
}

/** A kernel of Linux in place of wimboot, for UEFI, which starts it as it would start wimboot: its version and some words at
 *  its end are changed, so that it passes the same checks. */
export function standInEfiKernel(kernel: Uint8Array): Uint8Array {
  const words = '\n\nwimboot v2.9.0 -- Windows Imaging Format bootloader, a stand-in\n'
  const bytes = new Uint8Array(kernel.length + words.length)
  bytes.set(kernel)
  putAscii(bytes, kernel.length, words.length, words)
  // Where its own version stands is room enough for the other one.
  const version = 0x200 + (bytes[0x20e]! | (bytes[0x20f]! << 8))
  putAscii(bytes, version, 7, 'v2.9.0\0')
  return bytes
}
