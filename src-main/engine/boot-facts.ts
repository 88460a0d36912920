import type { BootObservation } from '../boot/boot-planner.ts'
import type { Fact, LiveBoard } from '../clients/live-board.ts'
import type { ClientRegistry } from '../clients/registry.ts'

/** Option 93: 0 is BIOS, all others are UEFI of some kind. Source: RFC 4578 §2.1. */
const firmwareOf = (arch: number | undefined) => (arch === undefined ? undefined : arch === 0 ? 'BIOS' : 'UEFI')

/** Turns what the boot services saw into facts about machines. */
export function recordBootObservation(what: BootObservation, registry: ClientRegistry, board: LiveBoard): void {
  switch (what.type) {
    case 'seen': {
      registry.noteMachine(what.mac, { firmware: firmwareOf(what.arch) })
      // The loader asks DHCP again; that is a step of the same boot, not a new one.
      if (
        what.isIpxe &&
        board.of(what.mac).stage !== 'off' &&
        board.of(what.mac).stage !== 'gone' &&
        board.of(what.mac).stage !== 'running'
      )
        return
      board.record({
        mac: what.mac,
        type: 'seen',
        stage: 'seen',
        text: 'Switched on and asking the network for a boot.',
        data: {
          loader: what.isIpxe,
          ...(what.arch !== undefined && { arch: what.arch }),
          ...(what.vendorClass !== undefined && { vendorClass: what.vendorClass }),
        },
      })
      return
    }
    case 'offered':
      board.record({
        mac: what.mac,
        type: 'offered',
        stage: 'offered',
        text: `Was told to fetch ${what.file}.`,
        data: { via: what.via, file: what.file },
      })
      return
    case 'address':
      registry.noteMachine(what.mac, { ip: what.ip })
      return
    case 'report':
      registry.noteMachine(what.mac, { ip: what.ip })
      board.record({ mac: what.mac, ...reportFact(what.stage, what.errno) })
      return
    case 'script': {
      const mac = what.mac ?? registry.macOfIp(what.ip)
      if (mac === undefined) return
      registry.noteMachine(mac, { ip: what.ip })
      board.record({
        mac,
        type: 'script',
        stage: 'script',
        text: 'The loader asked what to do and got its instructions.',
        data: { path: what.path, ip: what.ip },
      })
      return
    }
    case 'loader':
      ofIp(what.ip, registry, board, {
        type: 'loader',
        stage: 'loader',
        text: `Fetched the loader ${what.file}.`,
        data: { file: what.file, via: what.via, bytes: what.bytes },
      })
      return
    case 'media':
      ofIp(what.ip, registry, board, {
        type: 'media',
        text: `Fetched ${what.path}.`,
        data: { path: what.path, bytes: what.bytes },
      })
      return
    case 'transferFailed':
      ofIp(what.ip, registry, board, {
        type: 'transferFailed',
        text: `Fetching ${what.file} broke off: ${what.why}.`,
        data: { file: what.file, via: what.via },
      })
      return
  }
}

function ofIp(ip: string, registry: ClientRegistry, board: LiveBoard, fact: Omit<Fact, 'mac'>): void {
  const mac = registry.macOfIp(ip)
  if (mac !== undefined) board.record({ mac, ...fact })
}

/** What the loader's own reports mean to a person. Names of milestones and failures are those of the scripts. */
function reportFact(stage: string, errno: string): Omit<Fact, 'mac'> {
  const data = { stage, ...(errno !== '' && { errno }) }
  const failed = errno !== ''
  return {
    type: 'report',
    text: failed ? `The loader could not go on at "${stage}" (iPXE error ${errno}).` : `The loader reports: ${stage}.`,
    data,
    ...(failed && { stage: 'failed' as const }),
  }
}
