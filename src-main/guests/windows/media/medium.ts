import type { ByteSource } from '../../offline/disk/source.ts'
import type { WindowsArchitecture, WindowsEdition } from '../edition.ts'
import { decodeWimHeader, WIM_HEADER_BYTES, type WimCompression } from '../wim/header.ts'
import type { WimImage } from '../wim/images.ts'
import { openWim, reasonOf, type Wim } from '../wim/wim.ts'
import { byLevel, type MediumFinding } from './finding.ts'
import { knownFaults, type Subject } from './known-faults.ts'
import { missingParts, noSystem, noTrustList, onlyPart, packedTogether, unreadableImage } from './medium-findings.ts'
import { isServer, productOf } from './product.ts'
import { languageTag, parseEditionConfig, parseSetupLanguages } from './setup-files.ts'

/** What of an ISO is asked for here. Calls fail with medium.unreadable, or with what reading the file itself fails with. */
export interface MediumFiles {
  file(path: string): Promise<ByteSource | undefined>
  text(path: string): Promise<string | undefined>
}

/** A medium that Windows is installed from. Plain values: it goes over the API as it is. */
export interface WindowsMedium {
  /** `Windows 11`, `Windows Server 2025`. */
  readonly product: string
  /** `24H2/25H2`; often empty. */
  readonly release: string
  /** `26100.1742`; of several editions the oldest. Empty where it does not say. */
  readonly build: string
  readonly editions: readonly WindowsEdition[]
  readonly architectures: readonly WindowsArchitecture[]
  /** Of the editions. */
  readonly languages: readonly string[]
  /** That Setup itself speaks. */
  readonly setupLanguages: readonly string[]
  /** `Retail`, `OEM`, `Volume`; empty where it does not say. */
  readonly channel: string
  /** Setup takes this edition without asking. */
  readonly fixedEdition: string
  /** It brings its own product key, which is never read out. */
  readonly hasKey: boolean
  readonly image?: InstallImage
  /** WinPE with Setup is there, which is what a PC starts over the network. */
  readonly hasBootImage: boolean
  /** Firmware that it has boot files for, whether they are used from a drive or over the network. */
  readonly bootFiles: readonly ('BIOS' | 'UEFI')[]
  readonly findings: readonly MediumFinding[]
}

export interface InstallImage {
  readonly path: string
  readonly format: 'wim' | 'esd' | 'swm'
  readonly parts: number
  readonly compression: WimCompression
  readonly solid: boolean
}

/** A medium for both kinds of PCs, as the Media Creation Tool makes it, has each in a folder of its own. */
const FOLDERS = ['', 'x64/', 'x86/'] as const
const FORMATS = ['wim', 'esd', 'swm'] as const
const MAX_PARTS = 100
/** First revision whose media need a boot.stl that fits. */
const TRUST_LIST_SINCE = { build: 26100, revision: 8655 } as const

/** Undefined when it is none. Errors: what reading the file fails with; damage of the medium is a finding. */
export async function readWindowsMedium(files: MediumFiles): Promise<WindowsMedium | undefined> {
  for (const folder of FOLDERS) {
    const image = await installImageOf(files, folder)
    const boot = await files.file(`${folder}sources/boot.wim`)
    if (image || boot) return describe(files, folder, image, boot)
  }
  return undefined
}

interface Found {
  readonly path: string
  readonly format: (typeof FORMATS)[number]
  readonly source: ByteSource
}

async function installImageOf(files: MediumFiles, folder: string): Promise<Found | undefined> {
  for (const format of FORMATS) {
    const path = `${folder}sources/install.${format}`
    const source = await files.file(path)
    if (source) return { path, format, source }
  }
  return undefined
}

async function describe(
  files: MediumFiles,
  folder: string,
  found: Found | undefined,
  boot: ByteSource | undefined,
): Promise<WindowsMedium> {
  const findings: MediumFinding[] = []
  const wim = found && (await opened(found.source, (reason) => findings.push(unreadableImage(found.path, reason))))
  if (!found) findings.push(noSystem())
  if (found && wim) findings.push(...(await partFindings(files, found, wim)))
  if (found && wim?.solid) findings.push(packedTogether(found.path))
  // Without a system in it, WinPE still says of which Windows it is.
  const pe = wim || !boot ? undefined : await opened(boot, () => undefined)
  const images = wim?.images ?? pe?.images ?? []
  const oldest = images.toSorted(byBuild)[0]
  const named = productOf(oldest?.version?.build, oldest !== undefined && isServer(oldest))
  const config = parseEditionConfig((await text(files, `${folder}sources/ei.cfg`)) ?? '')
  findings.push(...knownFaults(subjectsOf(images)))
  if (await lacksTrustList(files, folder, oldest)) findings.push(noTrustList())
  return {
    product: named.product,
    release: named.release,
    build: buildOf(oldest),
    editions: (wim?.images ?? []).map(editionOf),
    architectures: distinct(images.map((i) => i.architecture)),
    languages: distinct(images.map(languageOf)).filter((language) => language !== ''),
    setupLanguages: parseSetupLanguages((await text(files, `${folder}sources/lang.ini`)) ?? ''),
    channel: config.channel,
    fixedEdition: config.editionId,
    hasKey: (await files.file(`${folder}sources/pid.txt`)) !== undefined,
    ...(found && wim && { image: imageFacts(found, wim) }),
    hasBootImage: boot !== undefined,
    bootFiles: await bootFilesOf(files, folder),
    findings: byLevel(findings),
  }
}

async function opened(source: ByteSource, failed: (reason: string) => void): Promise<Wim | undefined> {
  try {
    return await openWim(source)
  } catch (thrown) {
    failed(reasonOf(thrown))
    return undefined
  }
}

/** A small file beside the images; what cannot be read says nothing. */
async function text(files: MediumFiles, path: string): Promise<string | undefined> {
  try {
    return await files.text(path)
  } catch (thrown) {
    reasonOf(thrown)
    return undefined
  }
}

const imageFacts = ({ path, format }: Found, { header, solid }: Wim): InstallImage => ({
  path,
  format,
  parts: header.parts,
  compression: header.compression,
  solid,
})

/** `install.swm` is the first of several; the others are `install2.swm` and so on. */
async function partFindings(files: MediumFiles, found: Found, { header }: Wim): Promise<MediumFinding[]> {
  if (header.part !== 1) return [onlyPart(found.path, header.part, header.parts)]
  const missing: string[] = []
  for (let part = 2; part <= Math.min(header.parts, MAX_PARTS); part++) {
    const path = found.path.replace(/\.(\w+)$/, `${part}.$1`)
    if (!(await isPart(files, path, part, header.guid))) missing.push(path)
  }
  if (header.parts > MAX_PARTS) missing.push(`parts behind the ${MAX_PARTS}th`)
  return missing.length === 0 ? [] : [missingParts(missing, header.parts)]
}

async function isPart(files: MediumFiles, path: string, part: number, guid: string): Promise<boolean> {
  const source = await files.file(path)
  if (!source) return false
  try {
    const bytes = await source.read(0, Math.min(WIM_HEADER_BYTES, source.sizeBytes))
    const header = decodeWimHeader(bytes, source.sizeBytes)
    return header.part === part && header.guid === guid
  } catch (thrown) {
    reasonOf(thrown)
    return false
  }
}

const editionOf = (image: WimImage): WindowsEdition => ({
  index: image.index,
  name: image.name,
  editionId: image.editionId,
  architecture: image.architecture,
  build: buildOf(image),
  language: languageOf(image),
})

function buildOf(image: WimImage | undefined): string {
  const version = image?.version
  if (!version) return ''
  return version.revision === undefined ? `${version.build}` : `${version.build}.${version.revision}`
}

const languageOf = (image: WimImage): string => languageTag(image.defaultLanguage || (image.languages[0] ?? ''))

const byBuild = (a: WimImage, b: WimImage): number =>
  (a.version?.build ?? 0) - (b.version?.build ?? 0) || (a.version?.revision ?? 0) - (b.version?.revision ?? 0)

function subjectsOf(images: readonly WimImage[]): Map<number, Subject> {
  const subjects = new Map<number, Subject>()
  for (const image of images)
    if (image.version)
      subjects.set(image.index, {
        build: image.version.build,
        revision: image.version.revision,
        server: isServer(image),
        architecture: image.architecture,
      })
  return subjects
}

async function bootFilesOf(files: MediumFiles, folder: string): Promise<('BIOS' | 'UEFI')[]> {
  const found: ('BIOS' | 'UEFI')[] = []
  const there = async (...paths: string[]): Promise<boolean> => {
    for (const path of paths) if (!(await files.file(path))) return false
    return true
  }
  if ((await there('bootmgr', 'boot/bcd')) || (await there(`${folder}bootmgr`, `${folder}boot/bcd`))) found.push('BIOS')
  for (const at of folder === '' ? [''] : ['', folder]) {
    if (found.includes('UEFI') || !(await there(`${at}efi/microsoft/boot/bcd`))) continue
    for (const loader of ['bootx64.efi', 'bootaa64.efi', 'bootia32.efi'])
      if (!found.includes('UEFI') && (await there(`${at}efi/boot/${loader}`))) found.push('UEFI')
  }
  return found
}

async function lacksTrustList(files: MediumFiles, folder: string, oldest: WimImage | undefined): Promise<boolean> {
  const version = oldest?.version
  if (!version || version.build < TRUST_LIST_SINCE.build || (version.revision ?? 0) < TRUST_LIST_SINCE.revision)
    return false
  for (const at of ['', folder]) if (await files.file(`${at}efi/microsoft/boot/boot.stl`)) return false
  return true
}

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)]
