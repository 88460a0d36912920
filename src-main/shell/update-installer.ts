import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { app } from 'electron'
import { autoUpdater, Provider, type AppUpdater, type NsisUpdater, type ResolvedUpdateFileInfo } from 'electron-updater'
import type { ProviderRuntimeOptions } from 'electron-updater/out/providers/Provider'
import type { UpdateChannel, UpdateInfo } from './update-signature.ts'
import { Updates, type Packaging, type UpdateInstaller, type UpdatesOptions } from './updates.ts'

declare const BOOTLACE_UPDATE_CHANNEL: UpdateChannel | null

/** A channel file has a few hundred bytes. */
const FETCH_LIMIT_BYTES = 65_536
const FETCH_LIMIT_MS = 20_000

/** The updates of this program, off where it was not packaged or carries no key.
 *  Shape: `beforeInstall` ends the engine in good order, because the program ends next. */
export function openUpdates(
  o: Pick<UpdatesOptions, 'onChange' | 'note'> & { readonly beforeInstall: () => Promise<void> },
): Updates {
  const channel = BOOTLACE_UPDATE_CHANNEL
  const newestFile = join(app.getPath('userData'), 'newest-version')
  return new Updates({
    ...o,
    channel,
    packaging: packaging(),
    version: app.getVersion(),
    fetch: fetchSmall,
    installer: installerFor(channel, o),
    newest: {
      read: () => (existsSync(newestFile) ? readFileSync(newestFile, 'utf8').trim() : undefined),
      write: (version) => writeFileSync(newestFile, `${version}\n`),
    },
  })
}

function packaging(): Packaging {
  if (!app.isPackaged) return 'development'
  if (process.platform === 'win32') return 'windows'
  return process.env['APPIMAGE'] ? 'appImage' : 'package'
}

async function fetchSmall(url: string): Promise<Uint8Array | undefined> {
  const answer = await fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(FETCH_LIMIT_MS) })
  if (answer.status === 404) return undefined
  if (!answer.ok || !answer.body) throw new Error(`the server answered ${answer.status}`)
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of answer.body as unknown as AsyncIterable<Uint8Array>) {
    length += piece.length
    if (length > FETCH_LIMIT_BYTES) throw new Error('the answer is too long')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** electron-updater with one answer: the announcement whose signature was checked. It never asks a server for another, and
 *  compares what it downloads with the hash in there. */
function installerFor(
  channel: UpdateChannel | null,
  o: { beforeInstall: () => Promise<void>; note: (s: string) => void },
): UpdateInstaller {
  return {
    async download(info) {
      const updater = prepared(channel!, info)
      updater.on('error', (error) => o.note(`updater: ${error.message}`))
      const found = await updater.checkForUpdates()
      if (!found?.isUpdateAvailable) throw new Error('the updater did not take the announcement')
      await updater.downloadUpdate()
    },
    install() {
      void o.beforeInstall().then(() => autoUpdater.quitAndInstall(true, true))
    },
  }
}

function prepared(channel: UpdateChannel, info: UpdateInfo): AppUpdater {
  const updater = autoUpdater
  updater.removeAllListeners('error')
  updater.autoDownload = false
  updater.autoInstallOnAppQuit = false
  updater.allowDowngrade = false
  updater.disableWebInstaller = true
  updater.disableDifferentialDownload = true
  updater.setFeedURL({ provider: 'custom', updateProvider: providerOf(channel, info) })
  if (process.platform === 'win32') refuseWithoutPublisher(updater as NsisUpdater, channel.windowsPublisher)
  return updater
}

/** electron-updater asks for no signature at all where app-update.yml names no publisher, and lets a file pass when PowerShell
 *  cannot be run: this is the second lock, the hash in the signed announcement the first. */
function refuseWithoutPublisher(updater: NsisUpdater, publisher: string | null): void {
  const config = join(process.resourcesPath, 'app-update.yml')
  if (!publisher || !readFileSync(config, 'utf8').includes(JSON.stringify(publisher)))
    throw new Error('app-update.yml names no publisher, so the signature of an installer would not be checked')
  const check = updater.verifyUpdateCodeSignature
  updater.verifyUpdateCodeSignature = (_, file) => check([publisher], file)
}

function providerOf(channel: UpdateChannel, info: UpdateInfo) {
  const base = channel.url.endsWith('/') ? channel.url : `${channel.url}/`
  const files: ResolvedUpdateFileInfo[] = info.files.map((file) => ({ url: new URL(file.url, base), info: file }))
  return class extends Provider<never> {
    constructor(_options: unknown, _updater: unknown, runtime: ProviderRuntimeOptions) {
      super(runtime)
    }
    override getLatestVersion = () => Promise.resolve({ ...info, files: [...info.files] } as never)
    override resolveFiles = () => files
  }
}
