import type { BootPlatform, BootRefusal, ClientHello } from './boot-planner.ts'

const KINDS: Readonly<Record<Exclude<BootPlatform, 'pi'>, { readonly text: string }>> = {
  bios: { text: 'a BIOS PC' },
  'uefi-x64': { text: 'a UEFI PC' },
  'uefi-ia32': { text: 'a PC with 32-bit UEFI' },
  'uefi-arm64': { text: 'a 64-bit ARM computer with UEFI' },
  'uefi-arm32': { text: 'a 32-bit ARM computer with UEFI' },
}

/** There is no loader that would run on it. `loader`: the one that could be put there. */
export const noLoader = (platform: Exclude<BootPlatform, 'pi'>, loader: string): BootRefusal => ({
  refused: 'noLoader',
  text: `This is ${KINDS[platform].text}, and its loader ${loader} is not here. Put the file into the folder of the loaders and start Bootlace again.`,
})

/** A Pi takes a boot ROM's firmware files and no loader of ours, and it cannot open a network disk before Linux runs. */
export const RASPBERRY_PI: BootRefusal = {
  refused: 'raspberryPi',
  text: 'This is a Raspberry Pi. Its own firmware cannot start from a disk of Bootlace: put UEFI firmware (pftf.github.io) on its SD card, then it is served like every ARM computer.',
}

/** Option 93 says something that no loader exists for. */
export const unknownArchitecture = ({ arch, via }: ClientHello): BootRefusal => ({
  refused: 'architecture',
  text: `Its firmware says that it is of architecture ${arch ?? 'unknown'} (${via === 'http' ? 'HTTP boot' : 'PXE'}). There is no loader for that: try the other network boot of its firmware.`,
})

export const IN_A_LOOP: BootRefusal = {
  refused: 'loop',
  text: 'It keeps asking for the loader that it has just fetched. It is not answered for a while, then it is given another one.',
}
