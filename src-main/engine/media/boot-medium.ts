import { existsSync, statSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, extname, isAbsolute } from 'node:path'
import type { Handlers } from '../../api/contract.ts'
import type { MediumView, NewMedium } from '../../api/medium.ts'
import { AppError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { makeMedium } from '../../boot/media-maker/medium.ts'
import { mediumUrl, type MediumScript, type StaticAddress } from '../../boot/media-maker/medium-script.ts'
import type { Client } from '../../clients/client.ts'
import type { ServedInterface } from '../../platform/interfaces.ts'
import { readMediumParts } from '../../platform/medium-parts.ts'

export interface MediumNeeds {
  readonly loadersDir: string
  readonly served: Pick<ServedInterface, 'address' | 'netmask'>
  /** Where boot HTTP answers, as a URL; null while it does not run. */
  readonly httpUrl: () => string | null
  readonly clientByName: (id: string) => Client
  readonly randomId: () => number
  readonly nowMs: () => number
  readonly logger: Logger
}

/** The call that writes a boot medium. */
export const mediumHandlers = (n: MediumNeeds): Pick<Handlers, 'mediumCreate'> => ({
  mediumCreate: (wanted) => createMedium(n, wanted),
})

/** A CD image and an image for a stick are the same bytes; the name says what the user means to do with them. */
const EXTENSIONS = new Set(['.iso', '.img'])

/** Writes a boot medium. The file has its name only when it is whole.
 *  Errors: media.file, media.noHttp, config.mediumParts, config.usage, client.unknown, disk.full. */
async function createMedium(n: MediumNeeds, o: NewMedium): Promise<MediumView> {
  refuseFile(o.file)
  const client = o.client === undefined ? undefined : n.clientByName(o.client)
  const address = addressOf(o, n.served.netmask)
  const script: MediumScript = {
    server: serverOf(n),
    ...(client && { mac: client.mac }),
    ...(address && { address }),
  }
  const bytes = makeMedium({
    ...script,
    ...(client && { clientName: client.name }),
    parts: await readMediumParts(n.loadersDir),
    madeMs: n.nowMs(),
    id: n.randomId(),
  })
  await writeWhole(o.file, bytes)
  n.logger.info({ component: 'engine.media', file: o.file }, `a boot medium is in ${o.file}`)
  return {
    file: o.file,
    sizeBytes: bytes.length,
    asks: mediumUrl(script),
    ...(client && { client: client.name }),
    ...(address && { address: address.address }),
  }
}

function refuseFile(file: string): void {
  const refuse = (what: string, hint: string): never => {
    throw new AppError('media.file', what, { hint })
  }
  if (!isAbsolute(file)) refuse(`${file} is not a whole path`, 'Begin with / or a drive.')
  if (!EXTENSIONS.has(extname(file).toLowerCase()))
    refuse(`${file} does not say by its name what it is to be`, 'Let it end in .iso for a CD or .img for a USB stick.')
  if (existsSync(file)) refuse(`${file} exists already`, 'Choose another name, or move that file away.')
  if (!statSync(dirname(file), { throwIfNoEntry: false })?.isDirectory())
    refuse(`there is no folder ${dirname(file)}`, 'It is a path on the computer that runs Bootlace.')
}

function serverOf(n: MediumNeeds): MediumScript['server'] {
  const url = n.httpUrl()
  if (url === null)
    throw new AppError('media.noHttp', 'scripts and media are not served now, so a medium would lead nowhere', {
      hint: 'Look under Services, or at "bootlace status", why they do not run.',
    })
  const { hostname, port } = new URL(url)
  if (hostname.startsWith('127.'))
    throw new AppError('media.noHttp', 'only this computer itself is served, which no other PC reaches', {
      hint: 'Start Bootlace on the network of the PCs (--interface).',
    })
  return { ip: hostname, httpPort: Number(port || 80) }
}

/** An address without a netmask has that of this computer. */
function addressOf(o: NewMedium, netmask: string): StaticAddress | undefined {
  if (o.address !== undefined)
    return { address: o.address, netmask: o.netmask ?? netmask, ...(o.gateway !== undefined && { gateway: o.gateway }) }
  if (o.netmask !== undefined || o.gateway !== undefined)
    throw new AppError('config.usage', 'a netmask and a gateway belong to an address', {
      hint: 'Give the address too, or none of the three.',
    })
  return undefined
}

async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const part = `${file}.part`
  let isOurs = false
  try {
    const handle = await open(part, 'wx')
    isOurs = true
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(part, file)
  } catch (thrown) {
    if (isOurs) await rm(part, { force: true })
    throw writeError(file, thrown as NodeJS.ErrnoException)
  }
}

function writeError(file: string, thrown: NodeJS.ErrnoException): AppError {
  if (thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT')
    return new AppError('disk.full', `there is no room for ${file}`, {
      hint: 'Free some space, or choose another folder.',
      cause: thrown,
    })
  const hint =
    thrown.code === 'EEXIST'
      ? `Remove ${file}.part if nothing needs it.`
      : 'Choose a folder that Bootlace may write to.'
  return new AppError('media.file', `${file} cannot be written: ${thrown.code ?? thrown.message}`, {
    hint,
    cause: thrown,
  })
}
