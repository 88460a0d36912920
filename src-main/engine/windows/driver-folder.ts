import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { AppError, toAppError } from '../../base/errors.ts'
import { matchesCard, readInfDriver, type InfDriver, type PciCard } from '../../guests/windows/inf/driver.ts'
import { isPlainPath } from '../../guests/windows/winpe/start-script.ts'

/** What came of one INF file. */
export interface FoundDriver {
  /** Its path below the folder, with `/`. */
  readonly inf: string
  readonly name: string
  readonly version: string
  /** `fits` the card of the PC; `possible`: a network driver, and the card is not known; `other`: for other cards;
   *  `refused`: no PC could start with it. */
  readonly verdict: 'fits' | 'possible' | 'other' | 'refused'
  /** One sentence, without its full stop. */
  readonly why: string
  /** Absent when it is refused. */
  readonly files?: readonly DriverFile[]
}

export interface DriverFile {
  /** On this computer. */
  readonly from: string
  /** Below the driver's own folder, with backslashes. */
  readonly to: string
  readonly sizeBytes: number
}

/** Packages of makers have some hundred files; a folder with more is not one of drivers. */
const MAX_ENTRIES = 5000
const MAX_DEPTH = 6
const MAX_INFS = 200
const MAX_INF_BYTES = 8 << 20
const MAX_DRIVER_BYTES = 64 << 20

/** Every INF file of a folder, judged. Errors: config.driverFolder. */
export async function readDriverFolder(folder: string, card: PciCard | undefined): Promise<FoundDriver[]> {
  const infs = await infsOf(folder)
  const found: FoundDriver[] = []
  for (const path of infs.slice(0, MAX_INFS)) found.push(await judged(folder, path, card))
  return found
}

async function infsOf(folder: string): Promise<string[]> {
  const found: string[] = []
  let seen = 0
  const walk = async (path: string, depth: number): Promise<void> => {
    const entries = await readdir(path, { withFileTypes: true })
    for (const entry of entries.sort((a, b) => a.name.localeCompare(b.name, 'en'))) {
      if (++seen > MAX_ENTRIES)
        throw new AppError('config.driverFolder', `${folder} has more than ${MAX_ENTRIES} files`, {
          hint: 'Choose the folder of one driver package, with the INF files in it.',
        })
      const inside = join(path, entry.name)
      // Links are not followed: they may lead anywhere.
      if (entry.isDirectory() && depth < MAX_DEPTH) await walk(inside, depth + 1)
      else if (entry.isFile() && /\.inf$/i.test(entry.name)) found.push(inside)
    }
  }
  try {
    await walk(folder, 0)
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown
    throw new AppError('config.driverFolder', `the folder ${folder} cannot be read`, {
      hint: 'Give the path of a folder on the computer that runs Bootlace.',
      cause: thrown,
    })
  }
  return found
}

async function judged(folder: string, path: string, card: PciCard | undefined): Promise<FoundDriver> {
  const inf = relative(folder, path).split(sep).join('/')
  const refused = (why: string, driver?: InfDriver): FoundDriver => ({
    inf,
    name: driver ? nameOf(driver) : '',
    version: driver?.version ?? '',
    verdict: 'refused',
    why,
  })
  try {
    const { size } = await stat(path)
    if (size > MAX_INF_BYTES) return refused('it is larger than any INF file of a driver')
    const driver = readInfDriver(await readFile(path))
    const not = refusalOf(driver)
    if (not !== undefined) return refused(not, driver)
    const files = await filesOf(path, driver)
    if (typeof files === 'string') return refused(files, driver)
    return { inf, name: nameOf(driver), version: driver.version, files, ...fit(driver, card) }
  } catch (thrown) {
    return refused(toAppError(thrown).message)
  }
}

const nameOf = (driver: InfDriver): string => driver.devices[0]?.description || driver.provider

const CX_ANSWER =
  'Windows cannot start from an iSCSI disk with a driver of NetAdapterCx (documented by Microsoft). Take the older NDIS driver of the same maker'

function refusalOf(driver: InfDriver): string | undefined {
  if (driver.deviceClass.toLowerCase() !== 'net') return 'it is not a driver for network cards'
  if (driver.netAdapterCx !== undefined) return `${driver.netAdapterCx}. ${CX_ANSWER}`
  if (driver.devices.length === 0) {
    const others = driver.architectures.filter((a) => a !== 'amd64')
    return others.length === 0
      ? 'it names no network card'
      : `it is for ${others.join(' and ')} only, not for 64-bit PCs`
  }
  return undefined
}

function fit(driver: InfDriver, card: PciCard | undefined): Pick<FoundDriver, 'verdict' | 'why'> {
  if (!card) return { verdict: 'possible', why: 'the network card of the PC is not known yet' }
  const match = matchesCard(driver, card)
  const name = `${card.vendor}:${card.device}`
  if (match === 'exact') return { verdict: 'fits', why: `it is for the network card of the PC (${name})` }
  if (match === 'some')
    return { verdict: 'fits', why: `it is for boards of certain makers with the network card of the PC (${name})` }
  return { verdict: 'other', why: `it is for other network cards than that of the PC (${name})` }
}

/** A class extension is found by its name, which is in every driver that uses one. */
const CX_NAME = Buffer.from('NetAdapterCx', 'utf16le')

/** The INF file and all that lies beside it, or why they cannot be used. Names on disks of this computer may differ from
 *  what is said in letters only. */
async function filesOf(path: string, driver: InfDriver): Promise<DriverFile[] | string> {
  const wanted = [{ name: basename(path), folder: '' }, ...driver.files]
  const files: DriverFile[] = []
  let total = 0
  for (const { name, folder } of wanted) {
    const to = [...folder.split('/').filter(Boolean), name].join('\\')
    if (!isPlainPath(to)) return `its file name “${to}” has characters that no batch file can hold`
    const from = await existing(dirname(path), [...folder.split('/').filter(Boolean), name])
    if (from === undefined) return `its file ${to} is missing in the folder`
    const { size } = await stat(from)
    total += size
    if (total > MAX_DRIVER_BYTES) return `its files are larger than ${MAX_DRIVER_BYTES >> 20} MB`
    if (/\.sys$/i.test(name) && (await readFile(from)).includes(CX_NAME))
      return `${to} is built on NetAdapterCx. ${CX_ANSWER}`
    files.push({ from, to, sizeBytes: size })
  }
  return files
}

async function existing(folder: string, parts: readonly string[]): Promise<string | undefined> {
  let path = folder
  for (const [i, part] of parts.entries()) {
    const isLast = i === parts.length - 1
    const entries = await readdir(path, { withFileTypes: true })
    const found = entries.find(
      (e) => e.name.toLowerCase() === part.toLowerCase() && (isLast ? e.isFile() : e.isDirectory()),
    )
    if (!found) return undefined
    path = join(path, found.name)
  }
  return path
}
