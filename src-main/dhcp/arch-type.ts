/** Client architectures of option 93. Source: RFC 4578 §2.1 with its erratum (7 and 9 are both used for x64), IANA
 *  "Processor Architecture Types". */
export const ARCH = {
  biosX86: 0,
  efiIa32: 6,
  efiX64: 7,
  efiEbc: 9,
  efiArm32: 10,
  efiArm64: 11,
  httpIa32: 15,
  httpX64: 16,
  httpEbc: 17,
  httpArm32: 18,
  httpArm64: 19,
  httpBios: 20,
} as const

const TEXTS: ReadonlyMap<number, string> = new Map([
  [ARCH.biosX86, 'BIOS PC'],
  [ARCH.efiIa32, '32-bit UEFI PC'],
  [ARCH.efiX64, 'UEFI PC'],
  [ARCH.efiEbc, 'UEFI PC'],
  [ARCH.efiArm32, '32-bit ARM UEFI'],
  [ARCH.efiArm64, '64-bit ARM UEFI'],
  [ARCH.httpIa32, '32-bit UEFI PC, HTTP boot'],
  [ARCH.httpX64, 'UEFI PC, HTTP boot'],
  [ARCH.httpEbc, 'UEFI PC, HTTP boot'],
  [ARCH.httpArm32, '32-bit ARM UEFI, HTTP boot'],
  [ARCH.httpArm64, '64-bit ARM UEFI, HTTP boot'],
  [ARCH.httpBios, 'BIOS PC, HTTP boot'],
])

/** The architecture in words for people. */
export const describeArch = (arch: number): string => TEXTS.get(arch) ?? `architecture ${arch}`

/** True for BIOS clients: they take an offer with the file in it, UEFI ones are asked to come to port 4011. */
export const isBiosArch = (arch: number): boolean => arch === ARCH.biosX86
