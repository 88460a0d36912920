import { utf8Bytes } from '../base/bytes.ts'
import type { Logger } from '../base/log.ts'
import { parseMac } from '../base/units.ts'
import type { BootContent } from './boot-content.ts'
import type { BootDirectory, ServerAddresses } from './boot-directory.ts'
import type { BootPaths } from './boot-paths.ts'
import type { BootPlan, BootPlanner, BootRefusal, ClientHello } from './boot-planner.ts'
import { clientScript, type ScriptDesk } from './client-script.ts'
import { GPXE_SCRIPT, gpxeScript } from './gpxe-script.ts'
import { pathInside, type Installers } from './installers.ts'
import * as script from './ipxe-script.ts'
import { missingLoader, type LoaderSet } from './loader.ts'
import { MAINTENANCE_MEDIA } from './maintenance-script.ts'
import { clientMediaPath, type MediaRegistry } from './media.ts'
import { userScript } from './menu-script.ts'
import { IN_A_LOOP, noLoader, RASPBERRY_PI, unknownArchitecture } from './refusals.ts'
import type { VirtualFiles } from './virtual-files.ts'

export interface BootPolicyOptions {
  readonly directory: BootDirectory
  readonly server: ServerAddresses
  readonly loaders: LoaderSet
  /** How each machine is sent on its way. */
  readonly paths: Pick<BootPaths, 'choice' | 'learnModel'>
  readonly media: MediaRegistry
  /** Looks into the ISOs that PCs install from. Absent: an ISO is an ISO. */
  readonly installers?: Installers
  /** Scripts for systems that become images, by kind. */
  readonly kits?: ReadonlyMap<string, string>
  readonly logger: Logger
  /** What tells PCs of one image apart. */
  readonly identities?: {
    file: NonNullable<BootContent['identityFile']>
    learnUuid(mac: string, uuid: string | undefined, ip: string | undefined): void
  }
  /** Menus, maintenance and own scripts. Absent: none of them is set. */
  readonly desk?: ScriptDesk
  /** Path on this host of what maintenance starts. */
  readonly maintenancePath?: (file: string) => string | undefined
  /** The user's own scripts, by their path below /scripts/. */
  readonly ownScripts?: { file(path: string): Uint8Array | undefined; refresh(): Promise<void> }
  /** Whether no new boot is answered just now. Absent: never. */
  readonly paused?: () => boolean
}

/** All decisions about what a machine is given, for DHCP, TFTP and HTTP alike. */
export type BootPolicy = BootPlanner & BootContent & VirtualFiles

/** Scripts a loader asks for by itself, next to where it came from. Signed loaders cannot carry one. */
const SCRIPT_NAMES: ReadonlySet<string> = new Set(['autoexec.ipxe', 'boot.ipxe'])

/** How many refusals are remembered, so that each is logged once and not per DISCOVER. */
const REMEMBERED_REFUSALS = 256

export function createBootPolicy(o: BootPolicyOptions): BootPolicy {
  const logger = o.logger.child({ component: 'boot.policy' })
  const refused = new Set<string>()

  const refuse = (hello: ClientHello, why: string): undefined => {
    const key = `${hello.mac} ${why}`
    if (refused.has(key)) return undefined
    if (refused.size >= REMEMBERED_REFUSALS) refused.clear()
    refused.add(key)
    logger.info({ mac: hello.mac, arch: hello.arch }, `${hello.mac} is not served: ${why}`)
    return undefined
  }

  const refuseAloud = (hello: ClientHello, refusal: BootRefusal): BootRefusal => {
    refuse(hello, refusal.text)
    return refusal
  }

  const isPaused = (): boolean => o.paused?.() ?? false

  const firstScript = (): string => script.firstScript(o.server)

  return {
    plan(hello) {
      if (isPaused()) return refuse(hello, 'new boots are paused')
      const client = o.directory.clientByMac(hello.mac)
      if (!client && !o.directory.unknownAllowed()) return refuse(hello, 'unknown PCs are not answered')
      const scriptUrl = script.bootUrl(o.server, 'boot.ipxe')
      if (hello.isGpxe) return { scriptUrl: `tftp://${o.server.ip}/${GPXE_SCRIPT}`, offer: 'pxe10' }
      if (hello.isIpxe) return { scriptUrl, offer: 'pxe10' }
      const { platform } = hello
      if (platform === undefined) return refuseAloud(hello, unknownArchitecture(hello))
      if (platform === 'pi') return refuseAloud(hello, RASPBERRY_PI)
      const { loader, offer, silent } = o.paths.choice({ ...hello, platform })
      if (silent) return refuseAloud(hello, IN_A_LOOP)
      if (loader === undefined)
        return refuseAloud(hello, noLoader(platform, missingLoader(platform, client?.loader ?? 'auto')))
      const plan: BootPlan = { loader, scriptUrl, offer }
      return hello.via === 'http' ? { ...plan, loaderUrl: script.bootUrl(o.server, 'loader', loader) } : plan
    },
    firstScript,
    clientScript(mac, query, from = {}) {
      o.paths.learnModel(mac, query.get('m'), query.get('d'))
      o.identities?.learnUuid(mac, query.get('u'), from.ip)
      if (isPaused()) return script.pausedScript({ server: o.server, mac })
      const client = o.directory.clientByMac(mac)
      if (client)
        return clientScript({
          client,
          server: o.server,
          directory: o.directory,
          desk: o.desk,
          installers: o.installers,
          query,
          from,
        })
      const context = { server: o.server, mac }
      if (o.directory.underWay?.(mac))
        return script.waitScript(context, 'enrolling', ['the disk of this PC is being made.'])
      const own = o.desk?.ownScript({ mac }, query.get('u'))
      return own === undefined ? script.unknownScript(context) : userScript(context, own)
    },
    settled: (mac, query) =>
      o.directory.underWay?.(mac) ??
      both(
        o.ownScripts?.refresh(),
        o.installers?.settled(o.directory.clientByMac(mac)?.medium, { mac, busId: query?.get('n') ?? '' }),
      ),
    kit: (name) => o.kits?.get(name),
    identityFile: (pc, file, from) => o.identities?.file(pc, file, from),
    ownFile: (path) => o.ownScripts?.file(path),
    loader: (name) => o.loaders.get(name)?.bytes,
    mediaPath(name, rest) {
      const registered = o.media.path(name, rest)
      if (registered !== undefined) return registered
      if (name === MAINTENANCE_MEDIA.folder) return o.maintenancePath?.(rest)
      const mac = macOf(name)
      const client = mac === undefined ? undefined : o.directory.clientByMac(mac)
      return client && clientMediaPath(client, rest)
    },
    windowsPeFile(mac, file, { ip }) {
      const client = o.directory.clientByMac(mac)
      // The start script holds the password of the disk, as the script of the loader does.
      const withheld = client && o.directory.passwordOf?.(client) && o.desk && !o.desk.mayTell(client, ip)
      if (!client || withheld) return undefined
      return o.installers?.windowsPeFile?.(mac, file, () => o.desk?.mayTell(client, ip, 'answers') ?? true)
    },
    mediumFile(name, rest) {
      const inside = pathInside(rest)
      const mac = macOf(name)
      const medium = mac === undefined ? undefined : o.directory.clientByMac(mac)?.medium
      return inside === undefined || medium === undefined ? undefined : o.installers?.file(medium, inside)
    },
    open(name) {
      if (SCRIPT_NAMES.has(name)) return utf8Bytes(firstScript())
      if (name === GPXE_SCRIPT) return utf8Bytes(gpxeScript(o.server))
      return o.loaders.get(name)?.bytes
    },
  }
}

/** Waits for what there is to wait for. */
const both = (one: Promise<void> | undefined, other: Promise<void> | undefined): Promise<void> | undefined =>
  one && other ? one.then(() => other) : (one ?? other)

function macOf(text: string): string | undefined {
  try {
    return parseMac(text)
  } catch {
    // Not a MAC: a name of the media registry that is not registered.
    return undefined
  }
}
