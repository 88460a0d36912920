import { ExportDisk } from '../../../src-main/api/dto.ts'
import type { Input, Output } from '../../../src-main/api/contract.ts'
import type { DiskView } from '../../../src-main/api/dto.ts'

export type ExportFormat = NonNullable<Input<'diskExport'>['format']>

/** What the engine writes. */
export const EXPORT_FORMATS: readonly ExportFormat[] = ExportDisk.shape.format.unwrap().options

/** Formats for people who only know where the file is to go. One that is not told of here is shown by its name. */
const ABOUT: Readonly<Record<string, { readonly extension: string; readonly label: string }>> = {
  vhdx: { extension: '.vhdx', label: 'VHDX, for Hyper-V and Windows' },
  vhd: { extension: '.vhd', label: 'VHD, for VirtualBox and older Windows' },
  raw: { extension: '.img', label: 'Raw, for writing onto a real drive; as large as the disk' },
  qcow2: { extension: '.qcow2', label: 'qcow2, for QEMU, Proxmox and virt-manager' },
}
export const formatLabel = (format: string): string => ABOUT[format]?.label ?? format
const extensionOf = (format: string): string => ABOUT[format]?.extension ?? `.${format}`

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
    if (this.folder === '') return 'Choose a folder first.'
    if (name === '') return 'Give the file a name.'
    if (/[\\/]/.test(name)) return 'The name of the file cannot have slashes; choose the folder above.'
    if (this.entries.some((entry) => entry.name === name))
      return `There is a ${name} in this folder already: choose another name.`
    return undefined
  }
  toInput(): Input<'diskExport'> {
    return { name: this.disk.name, file: this.path, format: this.format }
  }
}
