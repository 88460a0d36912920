import { connect } from 'node:net'
import { get } from 'node:http'
import type { PreflightCheck } from '../../../api/setup.ts'
import { AppError, toAppError } from '../../../base/errors.ts'
import { usualLoader, type LoaderSet } from '../../../boot/loader.ts'
import type { Clock } from '../../../base/clock.ts'
import { DHCP_PORTS } from '../../../dhcp/listener.ts'
import { ARCH } from '../../../dhcp/arch-type.ts'
import type { ServedInterface } from '../../../platform/interfaces.ts'
import { offerOf } from '../wire/offers.ts'
import { bootServerRequest, type Asker } from '../wire/questions.ts'
import { askServer, type Talk } from '../wire/talk.ts'
import { fetchTftp } from './tftp-fetch.ts'

/** Each step of a PC that is us has this long. */
const STEP_MS = 1500

export interface SelfTestNeeds {
  readonly served: ServedInterface
  readonly mac: string
  readonly clock: Clock
  /** `address:port` of each service, null when it does not run. */
  readonly addresses: {
    readonly tftp: string | null
    readonly http: string | null
    readonly iscsi: string | null
    readonly dhcp: string | null
  }
  readonly loaders: LoaderSet
  /** The conversation in which the questions of `asked` were called; undefined when it could not be had, because of `why`. */
  readonly talk: Talk | undefined
  readonly why?: string
  readonly asked: Readonly<Record<'bios' | 'uefi' | 'loader', Asker>>
}

/** What a step found, and what the next ones go by. */
interface Step<T> {
  readonly check: PreflightCheck
  readonly found?: T
}

/** Goes the way of a PC. A line for every step, in the order of a boot. */
export async function selfTest(n: SelfTestNeeds): Promise<PreflightCheck[]> {
  const [bios, uefi, script, iscsi] = await Promise.all([
    wayOf(n, 'bios'),
    wayOf(n, 'uefi'),
    scriptSteps(n),
    diskStep(n),
  ])
  return [...bios, ...uefi, ...script, iscsi]
}

/** The kinds of PC that are played. */
type Firmware = 'bios' | 'uefi'
const WORDS: Readonly<Record<Firmware, string>> = { bios: 'BIOS', uefi: 'UEFI' }

async function wayOf(n: SelfTestNeeds, platform: Firmware): Promise<PreflightCheck[]> {
  const offer = await offerStep(n, platform)
  const second = platform === 'uefi' && offer.check.severity === 'ok' ? [await bootServerStep(n)] : []
  const file = offer.found ?? usualLoader(platform === 'bios' ? 'bios' : 'uefi-x64')
  return [offer.check, ...second, await loaderStep(n, platform, file)]
}

async function offerStep(n: SelfTestNeeds, platform: Firmware): Promise<Step<string>> {
  const id = `selfTest.offer.${platform}`
  const pc = `A ${WORDS[platform]} PC`
  if (n.addresses.dhcp === null)
    return { check: { id, severity: 'unknown', title: `${pc} is told nothing: boot answers are off.` } }
  if (!n.talk) return { check: unheard(id, `${pc} could not be played`, n.why) }
  const file = await ownOffer(n, n.asked[platform])
  if (file === undefined) {
    return {
      check: {
        id,
        severity: 'problem',
        title: `${pc} called, and Bootlace did not answer.`,
        hint: 'Something keeps its call from Bootlace: look at the firewall of this computer, and at programs that answer DHCP on it.',
      },
    }
  }
  return { check: { id, severity: 'ok', title: `${pc} called and was told to fetch ${file}.` }, found: file }
}

const unheard = (id: string, title: string, why: string | undefined): PreflightCheck => ({
  id,
  severity: 'unknown',
  title: `${title}.`,
  ...(why !== undefined && { detail: why }),
  hint: 'Switch a PC on and look at what Bootlace shows of it.',
})

/** The file that we were told by ourselves. */
async function ownOffer(n: SelfTestNeeds, { xid }: Asker): Promise<string | undefined> {
  const reply = await n.talk!.wait((r) => r.packet.xid === xid && offerOf(r)?.server === n.served.address, STEP_MS)
  return reply && offerOf(reply)?.file
}

/** Current UEFI firmware asks a second time, on a port of its own. */
async function bootServerStep(n: SelfTestNeeds): Promise<PreflightCheck> {
  const id = 'selfTest.bootServer'
  const { address } = n.served
  const reply = await askServer(bootServerRequest(n.asked.uefi, ARCH.efiX64, address), {
    from: address,
    to: address,
    port: DHCP_PORTS.pxe,
    ms: STEP_MS,
    clock: n.clock,
  })
  const file = reply && offerOf(reply)?.file
  if (file !== undefined)
    return { id, severity: 'ok', title: `Port ${DHCP_PORTS.pxe} tells UEFI PCs to fetch ${file}.` }
  return {
    id,
    severity: 'problem',
    title: `Port ${DHCP_PORTS.pxe} does not answer, which UEFI PCs ask second.`,
    hint: 'Start Bootlace again, and look at the firewall of this computer.',
  }
}

async function loaderStep(n: SelfTestNeeds, platform: Firmware, file: string): Promise<PreflightCheck> {
  return attempt(
    `selfTest.loader.${platform}`,
    `The loader for ${WORDS[platform]} PCs could not be fetched`,
    async () => {
      const { host, port } = endpoint(n.addresses.tftp, 'the loader files')
      const bytes = await fetchTftp({ host, port, file, from: n.served.address }, STEP_MS, n.clock)
      const wanted = n.loaders.get(file)?.bytes
      if (!wanted || Buffer.compare(bytes, wanted) !== 0) {
        throw new AppError('net.tftp', `${bytes.length} bytes arrived, and they are not those of ${file}`)
      }
      return `The loader for ${WORDS[platform]} PCs, ${file}, arrived whole over TFTP.`
    },
  )
}

async function scriptSteps(n: SelfTestNeeds): Promise<PreflightCheck[]> {
  let url = n.addresses.http === null ? undefined : `${n.addresses.http}/boot.ipxe`
  const checks: PreflightCheck[] = []
  if (n.talk && n.addresses.dhcp !== null) {
    const told = await ownOffer(n, n.asked.loader)
    checks.push(
      told === undefined
        ? {
            id: 'selfTest.offer.loader',
            severity: 'problem',
            title: 'The loader called, and Bootlace did not answer.',
            hint: 'Look at the firewall of this computer, and at programs that answer DHCP on it.',
          }
        : { id: 'selfTest.offer.loader', severity: 'ok', title: `The loader called and was told to ask ${told}.` },
    )
    url = told ?? url
  }
  checks.push(
    await attempt('selfTest.script', 'The first instructions could not be fetched', async () => {
      if (url === undefined) throw new AppError('net.http', 'boot scripts do not run')
      await fetchScript(url, n)
      const own = new URL(`/client/${n.mac.replaceAll(':', '-')}/boot.ipxe?p=pcbios&a=x86_64`, url).href
      await fetchScript(own, n)
      return 'The loader got its instructions over HTTP, the common ones and its own.'
    }),
  )
  return checks
}

/** Errors: net.http. */
function fetchScript(url: string, n: SelfTestNeeds): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      cancel()
      request.destroy()
      reject(new AppError('net.http', `${url}: ${why}`))
    }
    const cancel = n.clock.after(STEP_MS, 'HTTP self-test', () => fail('no answer in time'))
    const request = get(url, { localAddress: n.served.address, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => (text += piece))
      response.on('end', () => {
        if (response.statusCode !== 200) return fail(`the answer is ${response.statusCode}`)
        if (!text.startsWith('#!ipxe\n')) return fail('the answer is no script')
        cancel()
        resolve()
      })
    })
    request.on('error', (error) => fail(error.message))
  })
}

function diskStep(n: SelfTestNeeds): Promise<PreflightCheck> {
  return attempt('selfTest.iscsi', 'The disks cannot be reached', async () => {
    const { host, port } = endpoint(n.addresses.iscsi, 'the disks')
    await new Promise<void>((resolve, reject) => {
      const socket = connect({ host, port, localAddress: n.served.address })
      const end = (work: () => void) => {
        cancel()
        socket.destroy()
        work()
      }
      const cancel = n.clock.after(STEP_MS, 'iSCSI self-test', () =>
        end(() => reject(new AppError('net.iscsi', 'no answer in time'))),
      )
      socket.once('connect', () => end(resolve))
      socket.once('error', (error) => end(() => reject(new AppError('net.iscsi', error.message))))
    })
    return `The disks answer at ${host}:${port}.`
  })
}

async function attempt(id: string, failed: string, work: () => Promise<string>): Promise<PreflightCheck> {
  try {
    return { id, severity: 'ok', title: await work() }
  } catch (thrown) {
    return {
      id,
      severity: 'problem',
      title: `${failed}.`,
      detail: toAppError(thrown).message,
      hint: 'Look at the lines above, then start Bootlace again.',
    }
  }
}

/** Errors: net.off. */
function endpoint(address: string | null, what: string): { host: string; port: number } {
  const match = address === null ? undefined : /^(.+):(\d+)$/.exec(address)
  if (!match) throw new AppError('net.off', `the service for ${what} does not run`)
  return { host: match[1]!, port: Number(match[2]) }
}
