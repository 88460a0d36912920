import type { Input, Output } from '../../../../src-main/api/contract.ts'
import { t } from '../../../i18n/i18n.svelte.ts'

export type MediumKind = 'stick' | 'cd'
const EXTENSION: Readonly<Record<MediumKind, string>> = { stick: '.img', cd: '.iso' }
const isExtension = (name: string): boolean => /\.(img|iso)$/i.test(name)

/** What a boot medium is to be. The file's name follows what it is for until it is typed. */
export class MediumForm {
  folder = $state('')
  #fileName = $state<string>()
  /** What lies in the folder already. */
  entries = $state.raw<Output<'browse'>['entries']>([])
  kind = $state<MediumKind>('stick')
  /** The PC it is for; empty for any. */
  client = $state('')
  /** The PC has an address of its own, because no router gives it one. */
  fixed = $state(false)
  address = $state('')
  netmask = $state('')
  gateway = $state('')

  get fileName(): string {
    return this.#fileName ?? `bootlace${this.client === '' ? '' : `-${this.client}`}${EXTENSION[this.kind]}`
  }
  set fileName(name: string) {
    this.#fileName = name
  }
  /** The computer that runs Bootlace may be of another kind than this one. */
  get path(): string {
    const separator = this.folder.includes('\\') || /^[a-z]:/i.test(this.folder) ? '\\' : '/'
    return `${this.folder.replace(/[\\/]+$/, '')}${separator}${this.fileName.trim()}`
  }
  get problem(): string | undefined {
    const name = this.fileName.trim()
    if (this.folder === '') return t('Choose a folder first.')
    if (/[\\/]/.test(name)) return t('The name of the file cannot have slashes; choose the folder above.')
    if (!isExtension(name)) return t('Let the name of the file end in .img for a stick or .iso for a CD.')
    if (this.entries.some((entry) => entry.name === name))
      return t('There is a {name} in this folder already: choose another name.', { name })
    if (this.fixed && this.address.trim() === '') return t('Give the address that the PC is to have.')
    return undefined
  }
  toInput(): Input<'mediumCreate'> {
    const word = (text: string): string | undefined => text.trim() || undefined
    const [address, netmask, gateway] = this.fixed ? [this.address, this.netmask, this.gateway].map(word) : []
    return {
      file: this.path,
      ...(this.client !== '' && { client: this.client }),
      ...(address !== undefined && { address }),
      ...(netmask !== undefined && { netmask }),
      ...(gateway !== undefined && { gateway }),
    }
  }
}
