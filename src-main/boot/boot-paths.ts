import type { Clock } from '../base/clock.ts'
import {
  formOf,
  isSilent,
  loaderOf,
  step,
  type BootPath,
  type PathContext,
  type PathEvent,
  type PathNews,
} from './boot-path.ts'
import type { BootObservation, BootPlatform, ClientHello, OfferForm } from './boot-planner.ts'
import type { BootPathStore, StoredPath } from './path-store.ts'

/** The ways of all machines, in memory. Nothing here waits for the database: what is to be kept is handed to `later`. */

export interface BootPathsOptions {
  readonly store: BootPathStore
  readonly clock: Clock
  /** What a machine may be given, first choice first. */
  readonly ladder: (mac: string, platform: BootPlatform) => readonly string[]
  /** Runs a job soon, after the answers that are due now. */
  readonly later: (job: () => void) => void
  readonly tell: (mac: string, news: PathNews) => void
}

/** What a machine is given. */
export interface PathChoice {
  readonly loader?: string
  readonly offer: OfferForm
  /** In a loop: it gets no answer. */
  readonly silent: boolean
}

/** A machine's way as people may see it. */
export interface BootPathView {
  readonly platform: BootPlatform
  readonly model?: string
  readonly loader?: string
  readonly loaderWorked: boolean
  readonly offer: OfferForm
  readonly offerWorked: boolean
}

/** So many machines are remembered at once; the one not heard of for longest goes. */
const REMEMBERED = 4096
const MODEL_LENGTH = 120
/** What boards say whose maker filled nothing in: it is no model. */
const NO_MODEL = /to be filled|system manufacturer|system product name|default string|not specified|o\.e\.m/i

export class BootPaths {
  readonly #o: BootPathsOptions
  /** By MAC and kind: firmware that tries UEFI and then BIOS in one boot gets further on both ways. */
  readonly #paths = new Map<string, BootPath>()
  /** What each machine asked as last. */
  readonly #platformOf = new Map<string, BootPlatform>()
  readonly #modelOf = new Map<string, string>()
  readonly #models = new Map<string, { loader?: string; form?: OfferForm }>()

  constructor(o: BootPathsOptions) {
    this.#o = o
    for (const { mac, model, changedMs: _changedMs, ...kept } of o.store.machines()) {
      this.#paths.set(pathKey(mac, kept.platform), { ...kept, ignored: 0, stuck: 0, returns: 0, silentUntilMs: 0 })
      this.#platformOf.set(mac, kept.platform)
      if (model !== undefined) this.#modelOf.set(mac, model)
    }
    for (const { model, platform, ...worked } of o.store.models()) this.#models.set(modelKey(model, platform), worked)
  }

  /** Free of side effects; the same request is then told to `heard`. */
  choice(hello: ClientHello & { readonly platform: BootPlatform }): PathChoice {
    const context = this.#context(hello.mac, hello.platform)
    const atMs = this.#o.clock.now()
    const known = this.#paths.get(pathKey(hello.mac, hello.platform))
    // A request on 4011 belongs to the DISCOVER before it.
    const event: PathEvent = { is: 'discover', atMs, ...asked(hello) }
    const path = known && hello.on === '4011' ? known : step(known, event, context).path
    const loader = loaderOf(path, context)
    return { ...(loader !== undefined && { loader }), offer: formOf(path, context), silent: isSilent(path, atMs) }
  }

  /** `macOfIp`: who has an address, for services that see no MAC. */
  heard(what: BootObservation, macOfIp: (ip: string) => string | undefined): void {
    const mac = 'mac' in what && what.mac !== undefined ? what.mac : 'ip' in what ? macOfIp(what.ip) : undefined
    const event = this.#eventOf(what)
    if (mac === undefined || !event) return
    const platform = event.is === 'discover' ? event.platform : this.#platformOf.get(mac)
    const before = platform && this.#paths.get(pathKey(mac, platform))
    if (!platform || (!before && event.is !== 'discover')) return
    const { path, news } = step(before, event, this.#context(mac, platform))
    this.#remember(mac, path)
    if (keptText(before) !== keptText(path)) this.#keep(mac, path)
    for (const item of news) this.#o.later(() => this.#o.tell(mac, item))
  }

  /** What its loader said of the machine. */
  learnModel(mac: string, manufacturer: string | undefined, product: string | undefined): void {
    const model = [manufacturer, product]
      .map((text) => text?.replace(/[^\x20-\x7e]/g, '').trim())
      .filter((text) => text !== undefined && text !== '' && !NO_MODEL.test(text))
      .join(' ')
      .slice(0, MODEL_LENGTH)
    const path = this.#current(mac)
    if (model === '' || !path || this.#modelOf.get(mac) === model) return
    this.#modelOf.set(mac, model)
    this.#keep(mac, path)
  }

  of(mac: string): BootPathView | undefined {
    const path = this.#current(mac)
    if (!path) return undefined
    const context = this.#context(mac, path.platform)
    const loader = loaderOf(path, context)
    const model = this.#modelOf.get(mac)
    return {
      platform: path.platform,
      ...(model !== undefined && { model }),
      ...(loader !== undefined && { loader }),
      loaderWorked: path.loaderWorked && loader === path.loader,
      offer: formOf(path, context),
      offerWorked: path.formWorked,
    }
  }

  #current(mac: string): BootPath | undefined {
    const platform = this.#platformOf.get(mac)
    return platform && this.#paths.get(pathKey(mac, platform))
  }

  #context(mac: string, platform: BootPlatform): PathContext {
    const model = this.#modelOf.get(mac)
    const guess = model === undefined ? undefined : this.#models.get(modelKey(model, platform))
    return { ladder: this.#o.ladder(mac, platform), guess: guess ?? {} }
  }

  #eventOf(what: BootObservation): PathEvent | undefined {
    switch (what.type) {
      case 'seen':
      case 'notServed':
        if (what.isIpxe) return { is: 'further' }
        if (what.platform === undefined) return undefined
        if (what.on === '4011') return { is: 'came4011' }
        return { is: 'discover', atMs: this.#o.clock.now(), ...asked({ ...what, platform: what.platform }) }
      case 'offered':
        return what.via === 'dhcp' ? { is: 'offered' } : undefined
      case 'loader':
        return { is: 'fetched', atMs: this.#o.clock.now() }
      case 'script':
        return { is: 'further' }
      default:
        return undefined
    }
  }

  #remember(mac: string, path: BootPath): void {
    const key = pathKey(mac, path.platform)
    this.#paths.delete(key)
    this.#paths.set(key, path)
    this.#platformOf.set(mac, path.platform)
    if (this.#paths.size <= REMEMBERED) return
    const oldest = this.#paths.keys().next().value!
    this.#paths.delete(oldest)
    const gone = oldest.slice(0, oldest.indexOf(' '))
    if (this.#current(gone)) return
    this.#platformOf.delete(gone)
    this.#modelOf.delete(gone)
  }

  #keep(mac: string, path: BootPath): void {
    const model = this.#modelOf.get(mac)
    const kept: StoredPath = {
      mac,
      platform: path.platform,
      ...(model !== undefined && { model }),
      ...(path.loader !== undefined && { loader: path.loader }),
      loaderWorked: path.loaderWorked,
      ...(path.form !== undefined && { form: path.form }),
      formWorked: path.formWorked,
      changedMs: this.#o.clock.now(),
    }
    const worked = {
      ...(path.loader !== undefined && path.loaderWorked && { loader: path.loader }),
      ...(path.form !== undefined && path.formWorked && { form: path.form }),
    }
    const learnt = model !== undefined && (worked.loader !== undefined || worked.form !== undefined)
    if (learnt) this.#models.set(modelKey(model, path.platform), worked)
    this.#o.later(() => {
      this.#o.store.putMachine(kept)
      if (learnt) this.#o.store.putModel({ model, platform: path.platform, ...worked })
    })
  }
}

const pathKey = (mac: string, platform: BootPlatform): string => `${mac} ${platform}`
const modelKey = (model: string, platform: BootPlatform): string => `${platform} ${model}`

const asked = ({ platform, via, secs }: { platform: BootPlatform; via: 'pxe' | 'http'; secs: number }) => ({
  platform,
  via,
  secs,
})

/** What of a path is worth keeping, as one text to compare; empty while nothing is learnt. */
const keptText = (path: BootPath | undefined): string =>
  path?.loader === undefined && path?.form === undefined
    ? ''
    : [path.platform, path.loader, path.loaderWorked, path.form, path.formWorked].join(' ')
