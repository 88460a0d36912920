import { judgeUpdate, type Refusal, type UpdateChannel, type UpdateInfo } from './update-signature.ts'

/** What the window says about updates. */
export type UpdateState =
  | { readonly is: 'off'; readonly why: 'development' | 'noChannel' | 'noPublisher' }
  | { readonly is: 'current'; readonly checked: boolean }
  /** `byHand`: this kind of package is renewed by its owner, not by itself. */
  | { readonly is: 'available'; readonly version: string; readonly byHand: boolean }
  | { readonly is: 'downloading'; readonly version: string }
  | { readonly is: 'ready'; readonly version: string }
  | { readonly is: 'refused'; readonly why: Exclude<Refusal, 'older'> }

/** How this program was installed. */
export type Packaging = 'appImage' | 'windows' | 'package' | 'development'

/** Gets and installs what was found to be ours; electron-updater in the program (update-installer.ts). */
export interface UpdateInstaller {
  /** Errors: when it cannot be had, or is not the file that was announced. */
  download(info: UpdateInfo): Promise<void>
  /** Ends the program and starts the new one. */
  install(): void
}

export interface UpdatesOptions {
  readonly channel: UpdateChannel | null
  readonly packaging: Packaging
  readonly version: string
  /** A file beside the channel's address; undefined where there is none. Errors: no network. */
  readonly fetch: (url: string) => Promise<Uint8Array | undefined>
  readonly installer: UpdateInstaller
  /** The newest version ever announced here, kept over restarts. */
  readonly newest: { read(): string | undefined; write(version: string): void }
  readonly onChange: (state: UpdateState) => void
  /** For the log: a sentence that nobody has to act on. */
  readonly note: (sentence: string) => void
}

const CHANNEL_FILE: Partial<Record<Packaging, string>> = {
  appImage: 'latest-linux.yml',
  package: 'latest-linux.yml',
  windows: 'latest.yml',
}

/** Updates of the desktop program. Nothing is downloaded before the announcement has our signature, and nothing installed
 *  while PCs run unless a person said so. */
export class Updates {
  #state: UpdateState
  #info: UpdateInfo | undefined
  readonly #o: UpdatesOptions

  constructor(o: UpdatesOptions) {
    this.#o = o
    this.#state = offState(o) ?? { is: 'current', checked: false }
  }

  get state(): UpdateState {
    return this.#state
  }

  /** Asks the channel. Without a network nothing changes and nobody is told. */
  async check(): Promise<void> {
    const { channel, packaging } = this.#o
    const name = CHANNEL_FILE[packaging]
    const { is } = this.#state
    if (is === 'off' || is === 'downloading' || is === 'ready' || !channel || !name) return
    const url = new URL(name, channel.url.endsWith('/') ? channel.url : `${channel.url}/`).href
    let content: Uint8Array | undefined
    let signature: Uint8Array | undefined
    try {
      content = await this.#o.fetch(url)
      if (content) signature = await this.#o.fetch(`${url}.sig`)
    } catch (thrown) {
      this.#o.note(`updates could not be looked for: ${String(thrown)}`)
      return
    }
    if (!content) {
      this.#o.note(`nothing is announced at ${url}`)
      return
    }
    this.#judge(name, content, signature, channel)
  }

  #judge(name: string, content: Uint8Array, signature: Uint8Array | undefined, channel: UpdateChannel): void {
    const newest = this.#o.newest.read()
    const verdict = judgeUpdate({
      name,
      content,
      signature: signature && Buffer.from(signature).toString('latin1'),
      publicKey: channel.publicKey,
      atLeast: [this.#o.version, ...(newest === undefined ? [] : [newest])],
    })
    this.#info = undefined
    if (!verdict.ok) {
      this.#o.note(`an announcement of an update was refused: ${verdict.why}`)
      this.#become(verdict.why === 'older' ? { is: 'current', checked: true } : { is: 'refused', why: verdict.why })
      return
    }
    const { version } = verdict.info
    this.#o.newest.write(version)
    if (version === this.#o.version) {
      this.#become({ is: 'current', checked: true })
      return
    }
    this.#info = verdict.info
    this.#become({ is: 'available', version, byHand: this.#o.packaging === 'package' })
  }

  /** Fetches what is available. Returns whether it is ready to be installed; a failure leaves it available. */
  async download(): Promise<boolean> {
    const info = this.#info
    if (!info || this.#state.is !== 'available' || this.#state.byHand) return this.#state.is === 'ready'
    this.#become({ is: 'downloading', version: info.version })
    try {
      await this.#o.installer.download(info)
    } catch (thrown) {
      this.#o.note(`the update could not be fetched: ${String(thrown)}`)
      this.#become({ is: 'available', version: info.version, byHand: false })
      return false
    }
    this.#become({ is: 'ready', version: info.version })
    return true
  }

  /** Installs what is ready. Shape: `running` PCs would lose their disks for that moment: with any, only `agreed` goes on.
   *  Returns whether it began. */
  install(o: { running: number; agreed: boolean }): boolean {
    if (this.#state.is !== 'ready' || (o.running > 0 && !o.agreed)) return false
    this.#o.installer.install()
    return true
  }

  #become(state: UpdateState): void {
    this.#state = state
    this.#o.onChange(state)
  }
}

/** Why there are no updates here at all; undefined when there are. Without a key nothing could be believed, and without a
 *  publisher Windows would run an installer of anybody. */
function offState({ channel, packaging }: UpdatesOptions): UpdateState | undefined {
  if (packaging === 'development') return { is: 'off', why: 'development' }
  if (!channel?.url.startsWith('https://') || !channel.publicKey) return { is: 'off', why: 'noChannel' }
  if (packaging === 'windows' && !channel.windowsPublisher) return { is: 'off', why: 'noPublisher' }
  return undefined
}
