import { attempt, type Attempt } from '../disk/attempt.ts'
import type { FileTree } from '../disk/file-system.ts'
import { linesOf, pairOf, parseAssignments } from './text-files.ts'

/** What makes a Linux one certain PC's, and how it holds on to its disk. */
export interface ImageFacts {
  readonly identity: Attempt<Identity>
  readonly connection: Attempt<Connection>
  readonly surroundings: Attempt<Surroundings>
}

/** What every PC made from this disk would have alike. */
export interface Identity {
  /** Files that hold a machine-id. */
  readonly machineIds: readonly string[]
  readonly sshKeys: readonly string[]
  /** Files by which a DHCP server knows this PC again. */
  readonly dhcpNames: readonly string[]
}

export interface Connection {
  /** Records of targets that are attached by themselves. */
  readonly automaticRecords: readonly string[]
  /** Records of the disk this PC started from. */
  readonly ownRecords: readonly string[]
  /** A target that is written down in iscsi.initramfs. */
  readonly fixedTarget: string | undefined
  readonly hasPassword: boolean
  /** How long Linux waits for a lost disk before it fails; undefined: nothing is said. */
  readonly waitsSeconds: number | undefined
  /** A rule of udev says how long. */
  readonly ruleWaits: boolean
}

export interface Surroundings {
  /** The kit of Bootlace keeps the card of the disk as the loader set it up. */
  readonly cardIsKept: boolean
  readonly hasNetworkManager: boolean
  /** cloud-init writes the settings of the network anew. */
  readonly cloudInitSetsNetwork: boolean
  readonly isProxmox: boolean
  readonly hasXen: boolean
  /** Where initramfs-tools is told to take only the drivers of this PC. */
  readonly onlyOwnDrivers: string | undefined
}

const MOST_FILES = 256
const KIT_KEEPS = '/usr/local/lib/bootlace/keep-network'
const OURS = /^iqn\.\d{4}-\d{2}\.app\.bootlace:/

export async function readImageFacts(files: FileTree): Promise<ImageFacts> {
  return {
    identity: await attempt(() => readIdentity(files)),
    connection: await attempt(() => readConnection(files)),
    surroundings: await attempt(() => readSurroundings(files)),
  }
}

const namesIn = async (files: FileTree, folder: string, name: RegExp): Promise<string[]> =>
  ((await files.names(folder)) ?? [])
    .filter((found) => name.test(found))
    .slice(0, MOST_FILES)
    .map((found) => `${folder}/${found}`)

/** Source: machine-id(5): empty or `uninitialized`, each PC makes its own; sshd(8); dhclient(8); dhcpcd(8). */
async function readIdentity(files: FileTree): Promise<Identity> {
  const machineIds: string[] = []
  for (const path of ['/etc/machine-id', '/var/lib/dbus/machine-id']) {
    const isLink = (await files.find(path, { link: 'return' }))?.kind === 'symlink'
    if (!isLink && /^[0-9a-f]{32}$/i.test(((await files.text(path)) ?? '').trim())) machineIds.push(path)
  }
  const dhcpNames: string[] = []
  for (const path of await namesIn(files, '/var/lib/dhcp', /\.leases$/))
    if ((await files.text(path))?.includes('default-duid')) dhcpNames.push(path)
  for (const path of ['/etc/dhcpcd.duid', '/var/lib/dhcpcd/duid']) if (await files.isThere(path)) dhcpNames.push(path)
  return { machineIds, sshKeys: await namesIn(files, '/etc/ssh', /^ssh_host_\w+_key$/), dhcpNames }
}

/** Source: open-iscsi's README; its records lie in folders by target and portal, or in a file by portal. */
async function readConnection(files: FileTree): Promise<Connection> {
  const automaticRecords: string[] = []
  const ownRecords: string[] = []
  for (const base of ['/etc/iscsi/nodes', '/var/lib/iscsi/nodes'])
    for (const target of await namesIn(files, base, /^(iqn|eui|naa)\./))
      for (const portal of await namesIn(files, target, /./))
        for (const path of (await namesIn(files, portal, /./)).concat(portal)) {
          const record = settings(await files.text(path))
          const startup = record.get('node.startup')
          const isOwn = OURS.test(target.slice(base.length + 1)) || record.get('node.discovery_type') === 'fw'
          if (record.size === 0) continue
          if (isOwn || startup === 'onboot') ownRecords.push(path)
          else if (startup === 'automatic') automaticRecords.push(path)
        }
  const conf = settings(await files.text('/etc/iscsi/iscsid.conf'))
  const start = parseAssignments((await files.text('/etc/iscsi/iscsi.initramfs')) ?? '')
  const waits = conf.get('node.session.timeo.replacement_timeout')
  return {
    automaticRecords,
    ownRecords,
    fixedTarget: start.get('ISCSI_TARGET_NAME'),
    hasPassword: ['node.session.auth.password', 'node.session.auth.password_in'].some((name) => conf.has(name)),
    waitsSeconds: waits !== undefined && /^-?\d+$/.test(waits) ? Number(waits) : undefined,
    ruleWaits: await saysAnywhere(files, '/etc/udev/rules.d', /\.rules$/, /recovery_tmo/),
  }
}

/** `name = value` lines, the last one of a name counts. Source: iscsid.conf. */
function settings(text: string | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const line of linesOf(text ?? '')) {
    const pair = pairOf(line)
    if (pair && /^(node|iface|discovery|iscsid)\./.test(pair[0])) found.set(pair[0], pair[1])
  }
  return found
}

async function saysAnywhere(files: FileTree, folder: string, name: RegExp, what: RegExp): Promise<boolean> {
  for (const path of await namesIn(files, folder, name))
    if (linesOf((await files.text(path)) ?? '').some((line) => what.test(line))) return true
  return false
}

async function readSurroundings(files: FileTree): Promise<Surroundings> {
  const isThere = async (...paths: readonly string[]): Promise<boolean> => {
    for (const path of paths) if (await files.isThere(path)) return true
    return false
  }
  const hasCloudInit = await isThere('/usr/bin/cloud-init', '/usr/lib/cloud-init')
  return {
    cardIsKept: await isThere(KIT_KEEPS),
    hasNetworkManager: await isThere('/usr/sbin/NetworkManager', '/usr/bin/NetworkManager'),
    cloudInitSetsNetwork: hasCloudInit && !(await isCloudInitTold(files)),
    isProxmox: await isThere('/usr/bin/pveversion', '/usr/bin/pvesh'),
    hasXen: (await namesIn(files, '/boot', /^xen.*\.(gz|efi)$/)).length > 0,
    onlyOwnDrivers: await onlyOwnDrivers(files),
  }
}

/** Switched off, or told to leave the network alone. Source: cloud-init's documentation, "Network configuration". */
async function isCloudInitTold(files: FileTree): Promise<boolean> {
  if (await files.isThere('/etc/cloud/cloud-init.disabled')) return true
  const isOff = /^network:\s*(\{\s*)?["']?config["']?:\s*["']?disabled\b/m
  for (const path of ['/etc/cloud/cloud.cfg', ...(await namesIn(files, '/etc/cloud/cloud.cfg.d', /\.cfg$/))])
    if (isOff.test(((await files.text(path)) ?? '').replace(/^network:\s*\n\s+/gm, 'network: '))) return true
  return false
}

/** The last line that says MODULES counts; files of conf.d come after the main one. Source: initramfs.conf(5). */
async function onlyOwnDrivers(files: FileTree): Promise<string | undefined> {
  const folder = '/etc/initramfs-tools'
  let last: { readonly value: string; readonly path: string } | undefined
  for (const path of [`${folder}/initramfs.conf`, ...(await namesIn(files, `${folder}/conf.d`, /^[\w.-]+$/)).sort()]) {
    const value = parseAssignments((await files.text(path)) ?? '').get('MODULES')
    if (value !== undefined) last = { value, path }
  }
  return last?.value === 'dep' ? last.path : undefined
}
