import { expect, test } from 'vitest'
import { readPcap } from '../support/pcap.ts'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import type { Pc } from './support/qemu.ts'

const PCS = [
  { name: 'pc-bios', mac: '52:54:00:0b:71:01', firmware: 'seabios', nic: 'virtio', rom: 'ipxe' },
  { name: 'pc-uefi', mac: '52:54:00:0b:71:02', firmware: 'ovmf', nic: 'virtio', rom: 'none' },
] as const

/** iPXE by itself gives up after its first try and ten more. Source: its core/sanboot.c, SAN_DEFAULT_RETRIES. */
const BY_ITSELF = 11
const SYN = 0x02
const ACK = 0x10

async function prepare(lab: Lab): Promise<void> {
  const product = await lab.startProduct()
  for (const { name, mac } of PCS) {
    await product.verb('disk', 'import', lab.images.disk, '--name', name)
    await product.verb('client', 'add', mac, '--name', name, '--disk', name)
  }
}

/** By PC: how often it tried to open a connection to its disk after that moment. */
async function triesSince(lab: Lab, sinceMs: number): Promise<number[]> {
  const tries = new Map<string, number>()
  for (const { tcp, dstPort, srcIp, tsMs } of readPcap(await lab.network.capture()))
    if (tcp && (tcp.flags & (SYN | ACK)) === SYN && dstPort === 3260 && tsMs > sinceMs)
      tries.set(srcIp, (tries.get(srcIp) ?? 0) + 1)
  return [...tries.values()]
}

describeLab('a loader that has opened its disk waits while this computer is away', prepare, (lab) => {
  test('longer than it would by itself, with BIOS and with UEFI, and the system comes up', async () => {
    const pcs = await Promise.all(PCS.map((options) => lab().startPc(options)))
    // Whoever is first waits for the other, so that neither has read its system before this computer goes away.
    const atLoader = async (pc: Pc) => {
      await pc.console.waitFor(/LAB-GRUB up/, WITHIN_MS.grub)
      await pc.pause()
    }
    await Promise.all(pcs.map(atLoader))
    await lab().product.kill()
    await Promise.all(pcs.map((pc) => pc.goOn()))
    const awaySinceMs = Date.now()
    const patient = async () => (await triesSince(lab(), awaySinceMs)).filter((tries) => tries > BY_ITSELF + 1).length
    await expect.poll(patient, { timeout: 240_000, interval: 5000 }).toBe(PCS.length)
    await lab().startProduct()
    await Promise.all(pcs.map((pc) => pc.console.waitFor(/LAB-MARKER up (.*)\n/, WITHIN_MS.system)))
  })
})
