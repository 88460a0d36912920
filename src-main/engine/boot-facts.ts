import type { PathNews } from '../boot/boot-path.ts'
import type { BootObservation, BootPlatform } from '../boot/boot-planner.ts'
import { tell } from '../boot/path-news.ts'
import type { LiveStage } from '../clients/client.ts'
import { describeReport, type ReportStage } from '../boot/stages.ts'
import type { Fact, LiveBoard } from '../clients/live-board.ts'
import type { ClientRegistry } from '../clients/registry.ts'

/** The kind of firmware in a word for people. `arch` absent: too old to say, and then it adds nothing to what is known. */
function firmwareOf({ arch, platform }: { readonly arch?: number; readonly platform?: BootPlatform }) {
  if (platform === 'pi') return 'Raspberry Pi'
  if (arch === undefined) return undefined
  return platform === 'bios' || arch === 0 ? 'BIOS' : 'UEFI'
}

const UNDER_WAY: ReadonlySet<LiveStage> = new Set(['seen', 'offered', 'loader', 'script', 'sanLogin'])
const BEYOND_OFFER: ReadonlySet<LiveStage> = new Set(['loader', 'script', 'sanLogin'])

/** Turns what the boot services saw into facts about machines. */
export function recordBootObservation(what: BootObservation, registry: ClientRegistry, board: LiveBoard): void {
  switch (what.type) {
    case 'seen': {
      registry.noteMachine(what.mac, { firmware: firmwareOf(what) })
      // The loader asks DHCP again; that is a step of the same boot, not a new one.
      if (what.isIpxe && UNDER_WAY.has(board.of(what.mac).stage)) return
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
    case 'notServed':
      registry.noteMachine(what.mac, { firmware: firmwareOf(what) })
      board.record({
        mac: what.mac,
        type: 'notServed',
        stage: 'failed',
        text: what.text,
        data: { why: what.refused, ...(what.arch !== undefined && { arch: what.arch }) },
      })
      return
    case 'offered':
      board.record({
        mac: what.mac,
        type: 'offered',
        // The second offer, to the loader, must not turn the boot back to its first step.
        ...(!BEYOND_OFFER.has(board.of(what.mac).stage) && { stage: 'offered' as const }),
        text: `Was told to fetch ${what.file}.`,
        data: { via: what.via, file: what.file },
      })
      return
    case 'address':
      // Phones and printers take addresses too; only machines that asked for a boot are remembered.
      if (registry.machine(what.mac) || registry.byMac(what.mac)) registry.noteMachine(what.mac, { ip: what.ip })
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

/** What the next try will be, and why. */
export function recordPathNews(mac: string, news: PathNews, board: LiveBoard): void {
  const { text, isFailure } = tell(news)
  board.record({
    mac,
    type: 'nextTry',
    ...(isFailure && { stage: 'failed' as const }),
    text,
    data: { ...news },
  })
}

function ofIp(ip: string, registry: ClientRegistry, board: LiveBoard, fact: Omit<Fact, 'mac'>): void {
  const mac = registry.macOfIp(ip)
  if (mac !== undefined) board.record({ mac, ...fact })
}

/** Steps the loader reports that are as they should be. */
const EXPECTED: ReadonlySet<string> = new Set<ReportStage>([
  'emptyDisk',
  'local',
  'unknown',
  'enrolling',
  'paused',
  'starting',
  'passwordWithheld',
  'answersWithheld',
  'shell',
  'startingWindows',
  'peNetwork',
  'peSetup',
  'peAttachFailed',
])

function reportFact(stage: string, errno: string): Omit<Fact, 'mac'> {
  const text = describeReport(stage, errno)
  return {
    type: 'report',
    text: `${text.charAt(0).toUpperCase()}${text.slice(1)}.`,
    data: { stage, errno },
    ...(!EXPECTED.has(stage) && { stage: 'failed' as const }),
  }
}
