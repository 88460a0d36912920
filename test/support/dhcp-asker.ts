import { createSocket } from 'node:dgram'
import { asciiAt } from '../../src-main/base/bytes.ts'
import { addressOption, BROADCAST, OPTION } from '../../src-main/dhcp/options.ts'
import { decodePacket, encodePacket, messageTypeOf } from '../../src-main/dhcp/packet.ts'
import { dhcpRequest } from './dhcp-requests.ts'

/** Run by Node inside a room: asks as an ordinary computer, as firmware of several kinds and as the loader would, and prints
 *  every answer as one JSON line. `dhcp-asker.ts WAIT_MS [IP:4011]`; the second word asks a boot server instead. */
export interface Heard {
  readonly asked: string
  readonly from: string
  readonly type: number
  readonly yiaddr: string
  readonly siaddr: string
  /** From the fixed field, else option 67. */
  readonly file: string
  readonly vendorClass: string
  readonly server: string
}

const ASKERS = {
  ordinary: {},
  bios: { arch: 0 },
  uefi7: { arch: 7 },
  uefi9: { arch: 9 },
  arm64: { arch: 11 },
  http: { arch: 16 },
  loaderByClass: { arch: 7, isLoader: true },
  // gPXE and chained loaders are known by their own options alone.
  loaderByOptions: { arch: 0, more: [[175, Uint8Array.of(1, 1, 0)]] },
} as const

const WANTED = Uint8Array.of(1, 3, 6, 43, 54, 60, 66, 67)

function main(waitMs: number, bootServer: string | undefined): void {
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  const names = new Map<number, string>()
  socket.on('message', (bytes, from) => {
    const packet = decodePacket(bytes)
    const asked = names.get(packet.xid)
    if (packet.op !== 2 || asked === undefined) return
    const text = (code: number) => {
      const value = packet.options.get(code)
      return value ? asciiAt(value, 0, value.length).replace(/\0+$/, '') : ''
    }
    const heard: Heard = {
      asked,
      from: from.address,
      type: messageTypeOf(packet) ?? 0,
      yiaddr: packet.yiaddr,
      siaddr: packet.siaddr,
      file: packet.file || text(OPTION.bootfileName),
      vendorClass: text(OPTION.vendorClass),
      server: addressOption(packet.options, OPTION.serverIdentifier) ?? '',
    }
    process.stdout.write(JSON.stringify(heard) + '\n')
  })
  socket.bind(68, '0.0.0.0', () => {
    socket.setBroadcast(true)
    const [ip, port] = bootServer?.split(':') ?? [BROADCAST, '67']
    for (const [i, [name, fields]] of Object.entries(ASKERS).entries()) {
      const xid = 0x7000 + i
      names.set(xid, name)
      const more = [[OPTION.parameterRequestList, WANTED], ...('more' in fields ? fields.more : [])] as [
        number,
        Uint8Array,
      ][]
      const request = dhcpRequest(bootServer === undefined ? 'discover' : 'request', {
        mac: `52:54:00:0d:a5:${String(i + 10)}`,
        xid,
        flags: 0x8000,
        ...fields,
        more,
      })
      socket.send(encodePacket(request), Number(port), ip)
    }
    setTimeout(() => socket.close(), waitMs)
  })
}

if (process.argv[1]?.endsWith('dhcp-asker.ts')) main(Number(process.argv[2]), process.argv[3])
