import type { MediumFinding } from './finding.ts'

/** What is wrong with the medium itself. */

export const noSystem = (): MediumFinding => ({
  id: 'medium.noSystem',
  level: 'warn',
  grade: 'read',
  title: 'There is no Windows to install on this ISO.',
  reason: 'It has only what starts (boot.wim): it repairs a PC, or fetches Windows from elsewhere.',
  cure: 'Take the whole ISO, as Microsoft offers it for download.',
})

export const unreadableImage = (path: string, reason: string): MediumFinding => ({
  id: 'medium.unreadable',
  level: 'warn',
  grade: 'read',
  title: `Bootlace cannot say which Windows this is: ${path} is not readable.`,
  reason: `Not readable: ${reason}.`,
  cure: 'Download the ISO again and compare its checksum; the download was probably cut off.',
})

export const onlyPart = (path: string, part: number, parts: number): MediumFinding => ({
  id: 'medium.parts',
  level: 'stop',
  grade: 'read',
  title: 'Parts of Windows are missing on this ISO.',
  reason: `${path} is part ${part} of ${parts}, where the first should stand.`,
  cure: 'Copy all parts into the folder “sources”, or take the whole ISO.',
})

export const missingParts = (paths: readonly string[], parts: number): MediumFinding => ({
  id: 'medium.parts',
  level: 'stop',
  grade: 'read',
  title: 'Parts of Windows are missing on this ISO.',
  reason: `Windows lies on it in ${parts} parts, and these are not there or belong to another: ${paths.slice(0, 10).join(', ')}.`,
  cure: 'Copy all parts into the folder “sources”, or take the whole ISO.',
})

export const packedTogether = (path: string): MediumFinding => ({
  id: 'medium.packed',
  level: 'note',
  grade: 'read',
  title: 'Windows is packed more tightly than usual (ESD): Setup takes longer.',
  reason: `The files in ${path} are packed together. Setup unpacks them; Bootlace reads only what it says of itself.`,
  cure: 'Nothing needs to be done.',
})

export const noTrustList = (): MediumFinding => ({
  id: 'medium.bootStl',
  level: 'warn',
  grade: 'documented',
  asOf: '2026-06-09',
  source: 'Microsoft KB5094126',
  title: 'This ISO lacks a file that PCs with Secure Boot ask for.',
  reason:
    'An ISO with updates of June 2026 or later must have efi/microsoft/boot/boot.stl; without it such a PC may stop with 0xc0430001.',
  cure: 'Download the ISO from Microsoft again, or switch Secure Boot off in the PC.',
})
