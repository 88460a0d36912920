import type { MediumParts } from '../../src-main/boot/media-maker/medium.ts'
import { seededRandom } from './random.ts'

/** Parts of the right shape for a boot medium; none of them runs. */
export function fakeMediumParts(o: { readonly efiBytes?: number } = {}): MediumParts {
  const random = seededRandom(77)
  const isolinux = random.bytes(24_577)
  isolinux.set([0xfb, 0xc0, 0x78, 0x70], 64)
  return {
    ipxeLkrn: random.bytes(100_001),
    ipxeEfi: random.bytes(o.efiBytes ?? 700_003),
    isolinux,
    ldlinux: random.bytes(50_000),
    stickCode: random.bytes(432),
    origins: ['a test 1.0'],
  }
}
