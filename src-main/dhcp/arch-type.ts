import type { BootPlatform } from '../base/firmware.ts'

/** Architectures that a probe of ours says. */
export const ARCH = { biosX86: 0, efiX64: 7 } as const

/** One value of option 93. */
interface Architecture {
  /** In words for people. */
  readonly text: string
  /** Absent: there is no loader for it anywhere, or nobody was seen to send it. */
  readonly platform?: BootPlatform
  /** The vendor class it comes with. */
  readonly via: 'pxe' | 'http'
}

/** Client architectures of option 93.
 *  Source: RFC 4578 §2.1 with its erratum (7 and 9 are both used for x64), IANA "Processor Architecture Types". */
const ARCHITECTURES: ReadonlyMap<number, Architecture> = new Map<number, Architecture>([
  [0, { text: 'BIOS PC', platform: 'bios', via: 'pxe' }],
  [6, { text: '32-bit UEFI PC', platform: 'uefi-ia32', via: 'pxe' }],
  [7, { text: 'UEFI PC', platform: 'uefi-x64', via: 'pxe' }],
  [9, { text: 'UEFI PC', platform: 'uefi-x64', via: 'pxe' }],
  [10, { text: '32-bit ARM UEFI', platform: 'uefi-arm32', via: 'pxe' }],
  [11, { text: '64-bit ARM UEFI', platform: 'uefi-arm64', via: 'pxe' }],
  [15, { text: '32-bit UEFI PC, HTTP boot', platform: 'uefi-ia32', via: 'http' }],
  [16, { text: 'UEFI PC, HTTP boot', platform: 'uefi-x64', via: 'http' }],
  [17, { text: 'UEFI byte code, HTTP boot', via: 'http' }],
  [18, { text: '32-bit ARM UEFI, HTTP boot', platform: 'uefi-arm32', via: 'http' }],
  [19, { text: '64-bit ARM UEFI, HTTP boot', platform: 'uefi-arm64', via: 'http' }],
  [20, { text: 'BIOS PC, HTTP boot', via: 'http' }],
  [27, { text: '64-bit RISC-V UEFI', via: 'pxe' }],
  [39, { text: '64-bit LoongArch UEFI', via: 'pxe' }],
  [41, { text: 'Raspberry Pi', platform: 'pi', via: 'pxe' }],
])

/** The architecture in words for people. */
export const describeArch = (arch: number): string => ARCHITECTURES.get(arch)?.text ?? `architecture ${arch}`

/** What a machine of this architecture is, when it asks in the way that belongs to it. UEFI that wants HTTP boot and says
 *  its architecture of PXE is the same machine. Firmware that sends no option 93 is older than RFC 4578, and then it is a
 *  BIOS. */
export function platformOfArch(arch: number | undefined, via: 'pxe' | 'http'): BootPlatform | undefined {
  if (arch === undefined) return via === 'pxe' ? 'bios' : undefined
  const known = ARCHITECTURES.get(arch)
  if (!known) return undefined
  const isUefi = known.platform?.startsWith('uefi-') ?? false
  return known.via === via || (via === 'http' && isUefi) ? known.platform : undefined
}
