import { AppError } from '../../base/errors.ts'

export const ARCHITECTURES = ['amd64', 'x86', 'arm64'] as const
export type Architecture = (typeof ARCHITECTURES)[number]

export interface AnswerFileOptions {
  readonly kind: 'install' | 'generalize'
  readonly firmware: 'BIOS' | 'UEFI'
  /** BCP 47 with a region, e.g. `de-DE`. */
  readonly language: string
  readonly userName?: string
  readonly password?: string
  readonly timeZone?: string
  /** Of the Windows that is installed. Default: amd64. */
  readonly architecture?: Architecture
  /** Which of the medium's editions; without it Setup asks, or goes by the key. */
  readonly edition?: { readonly index: number } | { readonly name: string }
  /** Five times five characters. Without one Setup asks for it. */
  readonly productKey?: string
  /** Of the Windows that is installed, where known: before 8 it knows fewer settings. */
  readonly buildNumber?: number
  /** Windows 11 installs on PCs that its Setup would refuse. */
  readonly skipChecks?: boolean
  /** Folders with drivers, as WinPE sees them. */
  readonly driverPaths?: readonly string[]
  /** Setup shall not switch on the encryption that a drive of the PC itself can do. */
  readonly noDriveEncryption?: boolean
  /** Default: none, for paging over the network crashes Windows. */
  readonly pageFile?: 'none' | 'automatic'
  /** `client`: as the PC is called here. `random`: Windows makes one up. Default: client for sysprep. */
  readonly computerName?: 'client' | 'random'
  /** `http://10.0.0.5:8470`: asked for the name when the PC's own boot table does not tell it. It stands in the image. */
  readonly serverUrl?: string
}

/** Names that Windows has for itself. */
const OWN_ACCOUNTS: ReadonlySet<string> = new Set([
  'administrator',
  'guest',
  'defaultaccount',
  'system',
  'none',
  'wdagutilityaccount',
])

/** Errors: config.language, config.userName, config.password, config.timeZone, config.productKey, config.edition,
 *  config.driverPath, config.serverUrl. */
export function checkOptions(o: AnswerFileOptions): void {
  if (!/^[a-z]{2,3}-[A-Z]{2}$/.test(o.language))
    throw new AppError('config.language', `"${o.language}" is not a language of Windows`, {
      hint: 'Write it with its country, for example en-US or de-DE.',
    })
  if (o.userName !== undefined) checkUserName(o.userName)
  if (o.password !== undefined && (hasControl(o.password) || o.password.length > 127))
    throw new AppError('config.password', 'the password cannot be one of a Windows account', {
      hint: 'Use at most 127 characters on one line.',
    })
  if (o.timeZone !== undefined && !/^[A-Za-z0-9 ()+.-]{1,80}$/.test(o.timeZone))
    throw new AppError('config.timeZone', `"${o.timeZone}" is not a time zone of Windows`, {
      hint: 'Write it as "tzutil /l" lists it, for example W. Europe Standard Time.',
    })
  if (o.productKey !== undefined && !/^[0-9A-Z]{5}(?:-[0-9A-Z]{5}){4}$/i.test(o.productKey))
    throw new AppError('config.productKey', 'the product key is not complete', {
      hint: 'Write it as five groups of five characters, or leave it away: Setup asks for it then.',
    })
  checkEdition(o.edition)
  for (const path of o.driverPaths ?? []) checkDriverPath(path)
  if (
    o.serverUrl !== undefined &&
    !/^http:\/\/(?:[A-Za-z0-9.-]{1,80}|\[[0-9a-f:]{2,45}\])(?::\d{1,5})?$/.test(o.serverUrl)
  )
    throw new AppError('config.serverUrl', `"${o.serverUrl}" is not the address of this computer`, {
      hint: 'Write it like http://192.168.1.10:8470.',
    })
}

function checkUserName(name: string): void {
  const fits = /^[\p{L}\p{N}](?:[\p{L}\p{N}. _-]{0,18}[\p{L}\p{N}_-])?$/u.test(name)
  if (fits && !OWN_ACCOUNTS.has(name.toLowerCase())) return
  throw new AppError('config.userName', `"${name}" cannot be the name of a Windows account`, {
    hint: 'Use at most 20 letters, digits, dots, blanks and hyphens, and none of the names that Windows has for itself.',
  })
}

function checkEdition(edition: AnswerFileOptions['edition']): void {
  if (edition === undefined) return
  const fits =
    'index' in edition
      ? Number.isInteger(edition.index) && edition.index >= 1 && edition.index <= 255
      : edition.name.trim() !== '' && edition.name.length <= 259 && !hasControl(edition.name)
  if (!fits)
    throw new AppError('config.edition', 'that is no edition of a Windows medium', {
      hint: 'Give its number from 1, or its name as the medium lists it.',
    })
}

function checkDriverPath(path: string): void {
  if (/^(?:[A-Za-z]:\\|\\\\)[^<>"|?*]{0,250}$/.test(path) && !hasControl(path)) return
  throw new AppError('config.driverPath', `"${path}" is not a folder of Windows`, {
    hint: 'Write it as the installer sees it, for example X:\\drivers.',
  })
}

/** Control characters: no XML 1.0 document may hold most of them. */
const hasControl = (text: string): boolean => /\p{Cc}/u.test(text)
