import { t } from '../../i18n/i18n.svelte.ts'
import { ExportDisk } from '../../../src-main/api/dto.ts'
import type { Input, Output } from '../../../src-main/api/contract.ts'
import type { DiskView } from '../../../src-main/api/dto.ts'

export type ExportFormat = NonNullable<Input<'diskExport'>['format']>

/** What the engine writes. */
export const EXPORT_FORMATS: readonly ExportFormat[] = ExportDisk.shape.format.unwrap().options

const EXTENSIONS: Readonly<Record<string, string>> = { vhdx: '.vhdx', vhd: '.vhd', raw: '.img', qcow2: '.qcow2' }
const extensionOf = (format: string): string => EXTENSIONS[format] ?? `.${format}`
/** Formats for people who only know where the file is to go. One that is not told of here is shown by its name. */
export function formatLabel(format: string): string {
  switch (format) {
    case 'vhdx':
      return t('VHDX, for Hyper-V and Windows')
    case 'vhd':
      return t('VHD, for VirtualBox and older Windows')
    case 'raw':
      return t('Raw, for writing onto a real drive; as large as the disk')
    case 'qcow2':
      return t('qcow2, for QEMU, Proxmox and virt-manager')
    default:
      return format
  }
}

/** Where a copy of a disk goes, and as what. The file's name follows the format until it is typed. */
export class ExportForm {
  readonly disk: DiskView
  folder = $state('')
  fileName = $state('')
  #format = $state<ExportFormat>('vhdx')
  /** What lies in the folder already. */
  entries = $state.raw<Output<'browse'>['entries']>([])

  constructor(disk: DiskView) {
    this.disk = disk
    this.fileName = disk.name + extensionOf(this.#format)
  }
  get format(): ExportFormat {
    return this.#format
  }
  set format(format: ExportFormat) {
    const old = extensionOf(this.#format)
    if (this.fileName.toLowerCase().endsWith(old))
      this.fileName = this.fileName.slice(0, -old.length) + extensionOf(format)
    this.#format = format
  }
  /** The computer that runs Bootlace may be of another kind than this one. */
  get path(): string {
    const separator = this.folder.includes('\\') || /^[a-z]:/i.test(this.folder) ? '\\' : '/'
    return `${this.folder.replace(/[\\/]+$/, '')}${separator}${this.fileName.trim()}`
  }
  get problem(): string | undefined {
    const name = this.fileName.trim()
    if (this.folder === '') return t('Choose a folder first.')
    if (name === '') return t('Give the file a name.')
    if (/[\\/]/.test(name)) return t('The name of the file cannot have slashes; choose the folder above.')
    if (this.entries.some((entry) => entry.name === name))
      return t('There is a {name} in this folder already: choose another name.', { name })
    return undefined
  }
  toInput(): Input<'diskExport'> {
    return { name: this.disk.name, file: this.path, format: this.format }
  }
}
