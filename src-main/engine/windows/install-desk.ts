import { readFile } from 'node:fs/promises'
import { toAppError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Installers, MediumFile, NetworkInstaller } from '../../boot/installers.ts'
import { hyphenMac } from '../../boot/ipxe-script.ts'
import { initiatorNameOf, mediumTargetNameOf } from '../../boot/names.ts'
import { WIMBOOT_FILE } from '../../boot/wimboot.ts'
import type { WindowsPe } from '../../boot/winpe-script.ts'
import type { BootDirectory, SanPassword, ServerAddresses } from '../../boot/boot-directory.ts'
import type { Client } from '../../clients/client.ts'
import type { ClientRegistry } from '../../clients/registry.ts'
import type { WindowsStore } from '../../clients/stores.ts'
import { cardOf } from '../../guests/windows/inf/driver.ts'
import {
  ANSWERS,
  SHELL_INI,
  SHELL_INI_TEXT,
  START_SCRIPT,
  startScript,
} from '../../guests/windows/winpe/start-script.ts'
import type { IsoShelf } from '../disks/iso-shelf.ts'
import { readDriverFolder, type DriverFile, type FoundDriver } from './driver-folder.ts'
import type { WimbootFile } from './wimboot-file.ts'

interface Needs {
  readonly shelf: Pick<IsoShelf, 'settled' | 'installerOf' | 'file' | 'kindOf'>
  readonly wimboot: Pick<WimbootFile, 'current'>
  readonly store: WindowsStore
  readonly registry: Pick<ClientRegistry, 'byMac' | 'usersOf'>
  readonly server: ServerAddresses
  readonly passwordOf: NonNullable<BootDirectory['passwordOf']>
  readonly logger: Logger
}

/** What one PC is given, decided when it asks for its script and the same until it asks again. */
interface Prepared {
  readonly medium: string
  readonly pe: WindowsPe
  readonly drivers: readonly (DriverFile & { readonly delivered: string; readonly path: string })[]
  /** To what Setup asks. Absent: it asks. */
  readonly answers: string | undefined
}

/** wimboot has room for 63 files, its own and those it takes out of the image included. Source: ipxe/wimboot, src/vdisk.h. */
const MAX_DRIVER_FILES = 32
/** Kept apart from the address space that BIOS has for the image. */
const MAX_DRIVER_BYTES = 64 << 20
/** wimboot keeps the image in memory, Windows unpacks it there once more, and Setup wants 1 to 2 GB for itself. */
const MIB = 2 ** 20
const SETUP_MIB = 3072
/** What older media have outside of the image; wimboot takes them from there when they are given. Media write their names
 *  in any case. */
const BOOT_FILES = [
  { name: 'bootmgr', path: 'bootmgr' },
  { name: 'BCD', path: 'boot/bcd' },
  { name: 'boot.sdi', path: 'boot/boot.sdi' },
] as const
const IMAGE = 'sources/boot.wim'

/** Installation media, and among them those of Windows, which are started with files of ours. */
export class WindowsInstall implements Installers {
  readonly #o: Needs
  readonly #prepared = new Map<string, Prepared>()
  /** PCs whose present start is for Setup, whatever their stage is: it may have been chosen for one start only. */
  readonly #given = new Set<string>()
  readonly #logger: Logger

  constructor(o: Needs) {
    this.#o = o
    this.#logger = o.logger.child({ component: 'engine.windows' })
  }

  settled(medium: string | undefined, pc?: { mac: string; busId?: string }): Promise<void> | undefined {
    const looked = this.#o.shelf.settled(medium)
    if (pc) {
      this.#given.delete(pc.mac)
      this.#learn(pc.mac, pc.busId)
    }
    const client = pc && this.#o.registry.byMac(pc.mac)
    if (!client?.disk || medium === undefined || client.kernel !== undefined) return looked
    return (looked ?? Promise.resolve())
      .then(() => this.#prepare(client, medium))
      .catch((thrown: unknown) => {
        const { code, message } = toAppError(thrown)
        this.#logger.warn({ code, mac: client.mac }, `Windows Setup cannot be prepared: ${message}`)
      })
  }

  installerOf(medium: string): NetworkInstaller | undefined {
    return this.#o.shelf.installerOf(medium)
  }

  file(medium: string, inside: string): Promise<MediumFile | undefined> {
    return this.#o.shelf.file(medium, inside)
  }

  windowsPeOf(client: Client): WindowsPe | 'missing' | undefined {
    if (client.medium === undefined || this.#o.shelf.kindOf(client.medium) !== 'windows') return undefined
    if (!this.#o.wimboot.current) return 'missing'
    const prepared = this.#prepared.get(client.mac)
    if (prepared?.medium !== client.medium) return undefined
    this.#given.add(client.mac)
    return prepared.pe
  }

  async windowsPeFile(mac: string, file: string, mayHaveAnswers: () => boolean): Promise<Uint8Array | undefined> {
    const client = this.#o.registry.byMac(mac)
    if (client?.medium === undefined || !this.#installs(client)) return undefined
    if (file === WIMBOOT_FILE) return this.#o.wimboot.current?.bytes
    // After a restart of this program in the middle of a start.
    if (!this.#prepared.has(mac)) await this.settled(client.medium, { mac })
    const prepared = this.#prepared.get(mac)
    if (!prepared) return undefined
    if (file === SHELL_INI) return Buffer.from(SHELL_INI_TEXT, 'latin1')
    if (file === START_SCRIPT) return Buffer.from(this.#script(client, prepared), 'latin1')
    if (file === ANSWERS) {
      const { answers } = prepared
      return answers === undefined || !mayHaveAnswers() ? undefined : Buffer.from(answers, 'utf8')
    }
    const driver = prepared.drivers.find((d) => d.delivered === file)
    return driver && readFile(driver.from)
  }

  /** The ISO of Windows that the PC of this disk installs from: it finds it as a CD drive, too. A promise while the ISO is
   *  being looked into. */
  driveOf(disk: string): string | undefined | Promise<void> {
    const client = this.#o.registry.usersOf(disk).find((c) => c.disk === disk)
    if (client?.medium === undefined || client.kernel !== undefined || !this.#installs(client)) return undefined
    const { shelf } = this.#o
    const looked = shelf.kindOf(client.medium) === undefined ? shelf.settled(client.medium) : undefined
    return looked ?? (shelf.kindOf(client.medium) === 'windows' ? client.medium : undefined)
  }

  /** The ISO of Windows that this PC would install from; undefined when its medium is none. */
  async mediumOf(client: Client): Promise<string | undefined> {
    const { medium, kernel } = client
    if (medium === undefined || kernel !== undefined) return undefined
    await this.#o.shelf.settled(medium)
    return this.#o.shelf.kindOf(medium) === 'windows' ? medium : undefined
  }

  /** The target with that medium alone; undefined where there is none. */
  targetOf(disk: string): string | undefined {
    const client = this.#o.registry.usersOf(disk).find((c) => c.disk === disk)
    return client && typeof this.driveOf(disk) === 'string' ? mediumTargetNameOf(client.name) : undefined
  }

  /** Every driver of the folder that goes with a disk, against the card of a PC. Errors: config.driverFolder. */
  async drivers(disk: string, mac: string | undefined): Promise<{ folder: string | undefined; found: FoundDriver[] }> {
    const folder = this.#o.store.driverFolderOf(disk)
    const found = folder === undefined ? [] : await readDriverFolder(folder, this.cardOfPc(mac))
    return { folder, found }
  }

  cardOfPc(mac: string | undefined) {
    return mac === undefined ? undefined : cardOf(this.#o.store.networkCardOf(mac))
  }

  #installs({ mac, stage }: Client): boolean {
    return stage === 'install' || this.#given.has(mac)
  }

  #learn(mac: string, busId: string | undefined): void {
    const named = cardOf(busId) === undefined ? undefined : busId!.toLowerCase()
    if (named !== undefined && this.#o.store.networkCardOf(mac) !== named) this.#o.store.putNetworkCard(mac, named)
  }

  async #prepare(client: Client, medium: string): Promise<void> {
    this.#prepared.delete(client.mac)
    const { shelf, wimboot } = this.#o
    if (shelf.kindOf(medium) !== 'windows' || !wimboot.current) return
    const image = await this.#sizeOf(medium, IMAGE)
    if (image === undefined) return
    const boot: { name: string; path: string }[] = []
    for (const file of BOOT_FILES) if ((await this.#sizeOf(medium, file.path)) !== undefined) boot.push(file)
    const drivers = await this.#drivers(client)
    const answers = this.#o.store.installAnswersOf(client.mac)
    this.#prepared.set(client.mac, {
      medium,
      drivers,
      answers,
      pe: {
        own: [
          SHELL_INI,
          START_SCRIPT,
          ...(answers === undefined ? [] : [ANSWERS]),
          ...drivers.map(({ delivered }) => delivered),
        ],
        boot,
        image: IMAGE,
        hasAnswers: answers !== undefined,
        memoryMib: SETUP_MIB + Math.ceil(image / MIB / 256) * 256,
      },
    })
  }

  async #sizeOf(medium: string, path: string): Promise<number | undefined> {
    const file = await this.#o.shelf.file(medium, path)
    file?.close()
    return file?.sizeBytes
  }

  /** Those that fit the card; while it is not known, all that could. */
  async #drivers(client: Client): Promise<Prepared['drivers']> {
    let found: FoundDriver[]
    try {
      ;({ found } = await this.drivers(client.disk!, client.mac))
    } catch (thrown) {
      const { code, message } = toAppError(thrown)
      // Windows has drivers of its own, and says on its screen when none of them fits.
      this.#logger.warn({ code, mac: client.mac }, `Windows Setup starts without the drivers: ${message}`)
      return []
    }
    const wanted = found.filter((d) => d.verdict === 'fits' || d.verdict === 'possible')
    const taken: (DriverFile & { delivered: string; path: string })[] = []
    let bytes = 0
    for (const [i, { inf, files = [] }] of wanted.entries()) {
      bytes += files.reduce((sum, file) => sum + file.sizeBytes, 0)
      if (taken.length + files.length > MAX_DRIVER_FILES || bytes > MAX_DRIVER_BYTES) {
        this.#logger.warn({ mac: client.mac, inf }, 'this driver is left out: wimboot has no room for more files')
        break
      }
      for (const file of files)
        taken.push({ ...file, delivered: deliveredName(taken.length + 1), path: `${i + 1}\\${file.to}` })
    }
    return taken
  }

  #script(client: Client, { drivers, answers }: Prepared): string {
    const { server } = this.#o
    const password: SanPassword | undefined = this.#o.passwordOf(client)
    return startScript({
      server,
      hyphenMac: hyphenMac(client.mac),
      mediumTarget: mediumTargetNameOf(client.name),
      initiatorName: initiatorNameOf(client.name),
      ...(password && { password }),
      drivers,
      hasAnswers: answers !== undefined,
    })
  }
}

/** Names that no driver and no Windows has: in \Windows\System32 all files lie side by side. */
const deliveredName = (n: number): string => `bldrv${String(n).padStart(2, '0')}.bin`
