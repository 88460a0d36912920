import { u16le } from '../../base/bytes.ts'
import type { ByteSource } from '../offline/disk/source.ts'
import { SECTOR_BYTES } from './iso9660/descriptors.ts'

/** Firmware that an ISO can be started by. */
export type BootsOn = 'BIOS' | 'UEFI'

const PLATFORMS: ReadonlyMap<number, BootsOn> = new Map([
  [0, 'BIOS'],
  [0xef, 'UEFI'],
])

/** Reads the boot catalog; what is not one boots nowhere. Source: El Torito 1.0 §2 (figures 2 to 5); 0xEF by UEFI
 *  §13.3.2.1. */
export async function readBootCatalog(medium: ByteSource, sector: number): Promise<BootsOn[]> {
  const at = sector * SECTOR_BYTES
  if (at + SECTOR_BYTES > medium.sizeBytes) return []
  const b = await medium.read(at, SECTOR_BYTES)
  let sum = 0
  for (let i = 0; i < 32; i += 2) sum = (sum + u16le(b, i)) & 0xffff
  if (b[0] !== 1 || b[30] !== 0x55 || b[31] !== 0xaa || sum !== 0) return []
  const found = new Set<BootsOn>()
  const note = (platform: number, entry: number) => {
    const name = PLATFORMS.get(platform)
    if (name && b[entry] === 0x88) found.add(name)
  }
  note(b[1]!, 32)
  for (let header = 64; header + 32 <= b.length;) {
    const indicator = b[header]
    if (indicator !== 0x90 && indicator !== 0x91) break
    const entries = u16le(b, header + 2)
    for (let i = 1; i <= entries && header + 32 * (i + 1) <= b.length; i++) note(b[header + 1]!, header + 32 * i)
    if (indicator === 0x91) break
    header += 32 * (entries + 1)
  }
  return [...found]
}
