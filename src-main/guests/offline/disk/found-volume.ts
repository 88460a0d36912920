import type { Partition } from '../partitions/table.ts'
import type { FileTree } from './file-system.ts'

/** A partition whose files can be read. */
export interface FoundVolume {
  readonly partition: Partition
  readonly files: FileTree
}

/** The volume that a line of fstab or of a boot menu names; undefined when it is not here or not readable.
 *  Source: fstab(5); mount(8), "Indicating the device and filesystem". */
export function volumeNamed(device: string, volumes: readonly FoundVolume[]): FoundVolume | undefined {
  const tag = /^(UUID|LABEL|PARTUUID|PARTLABEL)="?([^"]*)"?$/.exec(device)
  const byPath = /^\/dev\/disk\/by-(uuid|label|partuuid|partlabel)\/(.*)$/.exec(device)
  const [kind, value] = tag ? [tag[1]!, tag[2]!] : byPath ? [byPath[1]!.toUpperCase(), byPath[2]!] : ['', '']
  const same = (a: string): boolean => a !== '' && a.toLowerCase() === value.toLowerCase()
  if (kind === 'UUID') return volumes.find((v) => same(v.files.fileSystem.uuid))
  if (kind === 'LABEL') return volumes.find((v) => value !== '' && v.files.fileSystem.label === value)
  if (kind === 'PARTUUID') return volumes.find((v) => same(v.partition.partitionUuid))
  if (kind === 'PARTLABEL') return volumes.find((v) => value !== '' && v.partition.name === value)
  const number = /^\/dev\/(?:[shv]d[a-z]|xvd[a-z]|(?:nvme\d+n\d+|mmcblk\d+)p)(\d+)$/.exec(device)?.[1]
  return number === undefined ? undefined : volumes.find((v) => v.partition.number === Number(number))
}
