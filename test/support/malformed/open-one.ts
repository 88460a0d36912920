import { AppError } from '../../../src-main/base/errors.ts'
import type { BlockDevice } from '../../../src-main/disks/block-device.ts'
import type { DiskFile } from '../../../src-main/disks/disk-file.ts'
import { openHostFile } from '../../../src-main/disks/host-file-device.ts'
import { openQcow2 } from '../../../src-main/disks/qcow2-device.ts'
import { openVhd } from '../../../src-main/disks/vhd/open.ts'
import { openVhdx } from '../../../src-main/disks/vhdx-device.ts'
import { openVmdk } from '../../../src-main/disks/vmdk-device.ts'
import { peakBytes } from './peak.ts'

/** Run as a process of its own: opens one file, reads and writes a little, and prints what came of it as JSON on its last
 *  line. Arguments: path, format. */

export interface OpenedOne {
  /** `opened`, or the code of the error. */
  readonly code: string
  readonly message: string
  readonly peakBytes: number
}

const OPENERS: Readonly<Record<string, (file: DiskFile) => Promise<BlockDevice>>> = {
  vhd: (file) => openVhd(file),
  vhdx: (file) => openVhdx(file),
  qcow2: (file) => openQcow2(file),
  vmdk: (file) => openVmdk(file),
}

async function main(path: string, format: string): Promise<void> {
  let [code, message] = ['opened', '']
  try {
    const device = await OPENERS[format]!(await openHostFile(path))
    const last = device.blockCount - 1
    for (const lba of [0, Math.floor(last / 3), last]) await device.read(lba, new Uint8Array(device.blockSize))
    if (!device.readOnly) await device.write(last, [new Uint8Array(device.blockSize).fill(1)])
    await device.close()
  } catch (e) {
    if (!(e instanceof AppError) || e.code === 'bug') throw e
    ;[code, message] = [e.code, e.message]
  }
  const report: OpenedOne = { code, message, peakBytes: peakBytes() }
  console.log(JSON.stringify(report))
}

await main(process.argv[2]!, process.argv[3]!)
