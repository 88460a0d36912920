import { AppError } from '../../../base/errors.ts'
import { unreadable } from '../../offline/disk/source.ts'
import type { WindowsArchitecture } from '../edition.ts'
import { attributeOf, childOf, readXml, type XmlElement } from '../xml-reader.ts'

/** What the XML data of a WIM says of each image. Source: Microsoft, "Windows Imaging File Format (WIM)", section "XML
 *  Data"; DISPLAYNAME, EDITIONID and INSTALLATIONTYPE came with Windows 7. */

export interface WimImage {
  /** From 1. */
  readonly index: number
  /** Empty where it has none, as every text here. */
  readonly name: string
  /** What Setup shows, in its language. */
  readonly displayName: string
  /** `Professional`, `ServerStandard`, `WindowsPE`. */
  readonly editionId: string
  /** `Client`, `Server`, `Server Core`, `WindowsPE`. */
  readonly installationType: string
  /** `WinNT`, `ServerNT`, `LanmanNT`. */
  readonly productType: string
  readonly architecture: WindowsArchitecture
  readonly version: WimVersion | undefined
  readonly languages: readonly string[]
  readonly defaultLanguage: string
  /** Of its files, unpacked. */
  readonly sizeBytes: number | undefined
}

export interface WimVersion {
  readonly major: number
  readonly minor: number
  readonly build: number
  /** Behind the point: `1742` of 26100.1742. */
  readonly revision: number | undefined
  readonly servicePack: number
}

const LIMITS = { depth: 16, elements: 50_000 } as const
const MAX_IMAGES = 1000
const MAX_LANGUAGES = 200
const LONGEST = 256

/** `PROCESSOR_ARCHITECTURE_*` of winnt.h. */
const ARCHITECTURES: ReadonlyMap<number, WindowsArchitecture> = new Map([
  [0, 'x86'],
  [5, 'arm'],
  [6, 'ia64'],
  [9, 'amd64'],
  [12, 'arm64'],
])

/** Errors: guest.unreadable. */
export function readImages(document: string): WimImage[] {
  const root = parsed(document)
  if (root.name !== 'WIM') throw unreadable(`what it says of itself begins with <${shown(root.name)}> instead of <WIM>`)
  const elements = root.children.filter((child) => child.name === 'IMAGE')
  if (elements.length > MAX_IMAGES) throw unreadable(`it has more than ${MAX_IMAGES} images`)
  const images = elements.map(imageOf).sort((a, b) => a.index - b.index)
  for (const [i, image] of images.entries())
    if (image.index !== i + 1) throw unreadable('its images are not numbered from 1 on')
  return images
}

function parsed(document: string): XmlElement {
  try {
    return readXml(document, LIMITS)
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'config.xml')
      throw unreadable('what it says of itself is no proper XML', { why: thrown.data['why'] })
    throw thrown
  }
}

function imageOf(image: XmlElement): WimImage {
  const windows = childOf(image, 'WINDOWS')
  const languages = windows && childOf(windows, 'LANGUAGES')
  const architecture = numberOf(windows, 'ARCH')
  return {
    index: wholeNumber(attributeOf(image, 'INDEX')) ?? 0,
    name: textOf(image, 'NAME'),
    displayName: textOf(image, 'DISPLAYNAME'),
    editionId: textOf(windows, 'EDITIONID'),
    installationType: textOf(windows, 'INSTALLATIONTYPE'),
    productType: textOf(windows, 'PRODUCTTYPE'),
    architecture: (architecture !== undefined && ARCHITECTURES.get(architecture)) || 'unknown',
    version: versionOf(windows && childOf(windows, 'VERSION')),
    languages: (languages?.children ?? [])
      .filter((child) => child.name === 'LANGUAGE')
      .slice(0, MAX_LANGUAGES)
      .map((child) => shown(child.text)),
    defaultLanguage: textOf(languages, 'DEFAULT'),
    sizeBytes: numberOf(image, 'TOTALBYTES'),
  }
}

function versionOf(version: XmlElement | undefined): WimVersion | undefined {
  const build = numberOf(version, 'BUILD')
  if (build === undefined) return undefined
  return {
    major: numberOf(version, 'MAJOR') ?? 0,
    minor: numberOf(version, 'MINOR') ?? 0,
    build,
    revision: numberOf(version, 'SPBUILD'),
    servicePack: numberOf(version, 'SPLEVEL') ?? 0,
  }
}

const textOf = (parent: XmlElement | undefined, name: string): string =>
  shown((parent && childOf(parent, name)?.text) ?? '')

const numberOf = (parent: XmlElement | undefined, name: string): number | undefined =>
  wholeNumber(parent && childOf(parent, name)?.text)

function wholeNumber(text: string | undefined): number | undefined {
  const clean = text?.trim()
  if (clean === undefined || !/^\d{1,15}$/.test(clean)) return undefined
  return Number(clean)
}

/** Words of somebody else as they may be shown: nothing that a terminal obeys or that turns the direction of writing. */
function shown(text: string): string {
  const clean = text.trim().replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, '\ufffd')
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean
}
