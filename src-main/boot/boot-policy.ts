import { AppError } from '../base/errors.ts'
import { utf8Bytes } from '../base/bytes.ts'
import type { Logger } from '../base/log.ts'
import { parseMac } from '../base/units.ts'
import type { Client } from '../clients/client.ts'
import type { BootContent } from './boot-content.ts'
import type { BootDirectory, SanPassword, ServerAddresses } from './boot-directory.ts'
import { installerScript, pathInside, type Installers } from './installers.ts'
import type { BootPaths } from './boot-paths.ts'
import type { BootPlan, BootPlanner, BootRefusal, ClientHello } from './boot-planner.ts'
import { GPXE_SCRIPT, gpxeScript } from './gpxe-script.ts'
import * as script from './ipxe-script.ts'
import { missingLoader, type LoaderSet } from './loader.ts'
import { CLIENT_MEDIA, clientMediaPath, type MediaRegistry } from './media.ts'
import { initiatorNameOf, targetNameOf } from './names.ts'
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
    clientScript(mac, query) {
      o.paths.learnModel(mac, query.get('m'), query.get('d'))
      if (isPaused()) return script.pausedScript({ server: o.server, mac })
      const client = o.directory.clientByMac(mac)
      if (client) return clientScript(client, o.server, o.directory.passwordOf?.(client), o.installers)
      const context = { server: o.server, mac }
      if (o.directory.underWay?.(mac))
        return script.waitScript(context, 'enrolling', ['the disk of this PC is being made.'])
      return script.unknownScript(context)
    },
    settled(mac) {
      const medium = o.directory.clientByMac(mac)?.medium
      return o.directory.underWay?.(mac) ?? (medium === undefined ? undefined : o.installers?.settled(medium))
    },
    kit: (name) => o.kits?.get(name),
    loader: (name) => o.loaders.get(name)?.bytes,
    mediaPath(name, rest) {
      const registered = o.media.path(name, rest)
      if (registered !== undefined) return registered
      const mac = macOf(name)
      const client = mac === undefined ? undefined : o.directory.clientByMac(mac)
      return client && clientMediaPath(client, rest)
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

/** The script of a client as it is set up at this moment; a set-up that cannot boot becomes a script that says so. */
function clientScript(
  client: Client,
  server: ServerAddresses,
  password: SanPassword | undefined,
  installers: Installers | undefined,
): string {
  const context = { server, mac: client.mac }
  if (client.stage === 'local') return script.localScript(context)
  if (client.disk === undefined)
    return script.waitScript(context, 'noDisk', ['this PC has no disk yet. Assign one to it in Bootlace.'])
  const san = {
    ...context,
    clientName: client.name,
    diskName: client.disk,
    initiatorName: initiatorNameOf(client.name),
    targetName: targetNameOf(client.disk),
    ...(password && { password }),
  }
  try {
    if (client.stage === 'run') return script.runScript(san)
    if (client.stage === 'menu') return script.menuScript(san)
    return installScript(client, san, installers)
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'config.scriptText') throw thrown
    return script.waitScript(context, 'argumentsRefused', [
      'a name or a kernel argument of this PC has characters that the loader cannot take.',
      'Change it in Bootlace.',
    ])
  }
}

function installScript(client: Client, san: script.SanContext, installers: Installers | undefined): string {
  const url = (file: string): string => script.bootUrl(san.server, 'media', script.hyphenMac(san.mac), file)
  if (client.kernel !== undefined)
    return script.installKernelScript({
      ...san,
      kernelUrl: url(CLIENT_MEDIA.kernel),
      ...(client.initrd === undefined ? {} : { initrdUrl: url(CLIENT_MEDIA.initrd) }),
      kernelArgs: client.kernelArgs ?? '',
    })
  if (client.medium === undefined) return script.installFromPcScript(san)
  const installer = installers?.installerOf(client.medium)
  if (installer)
    return script.installKernelScript({ ...san, ...installerScript(san, installer, client.kernelArgs ?? '') })
  return script.installMediumScript({ ...san, mediumUrl: url(CLIENT_MEDIA.medium) })
}

function macOf(text: string): string | undefined {
  try {
    return parseMac(text)
  } catch {
    // Not a MAC: a name of the media registry that is not registered.
    return undefined
  }
}
