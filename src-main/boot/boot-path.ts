import type { BootPlatform, OfferForm } from './boot-planner.ts'

/** How one machine is sent on its way, and what it made of it. Pure: each step takes what is known and gives what is known
 *  then, so that an answer can be worked out before anything is written down. */

/** One boot attempt of a firmware: from its first DISCOVER until it begins anew. */
interface Round {
  readonly via: 'pxe' | 'http'
  /** When its last DISCOVER came, and the seconds it named. */
  readonly lastMs: number
  readonly secs: number
  readonly loader?: string
  readonly form: OfferForm
  readonly offered: boolean
  readonly came4011: boolean
  readonly fetchedMs?: number
  /** The loader ran: it asked DHCP as iPXE, or for a script. */
  readonly further: boolean
}

export interface BootPath {
  readonly platform: BootPlatform
  /** What it is given next; absent: the first of its ladder. */
  readonly loader?: string
  readonly loaderWorked: boolean
  readonly form?: OfferForm
  readonly formWorked: boolean
  /** Attempts in a row that did nothing with our offer. */
  readonly ignored: number
  /** Attempts in a row that ended after the loader was fetched. */
  readonly stuck: number
  /** Of these, the ones that were back within seconds. */
  readonly returns: number
  /** Not answered before that time. */
  readonly silentUntilMs: number
  readonly round?: Round
}

/** What else is known when a machine is looked at. */
export interface PathContext {
  /** What it may be given, first choice first. */
  readonly ladder: readonly string[]
  /** What worked on machines of the same model. */
  readonly guess: { readonly loader?: string; readonly form?: OfferForm }
}

export type PathEvent =
  | {
      readonly is: 'discover'
      readonly atMs: number
      readonly platform: BootPlatform
      readonly via: 'pxe' | 'http'
      readonly secs: number
    }
  | { readonly is: 'offered' }
  /** A request on port 4011. */
  | { readonly is: 'came4011' }
  | { readonly is: 'fetched'; readonly atMs: number }
  | { readonly is: 'further' }

/** What people are told. */
export type PathNews =
  | { readonly is: 'loaderChanged'; readonly from: string; readonly to: string }
  | { readonly is: 'loaderStuck'; readonly loader: string }
  | { readonly is: 'loaderWorked'; readonly loader: string }
  | { readonly is: 'formChanged'; readonly to: OfferForm }
  | { readonly is: 'loop'; readonly times: number; readonly loader: string }

export interface Step {
  readonly path: BootPath
  readonly news: readonly PathNews[]
}

/** Retransmissions of a DISCOVER are 4, 8, 16 and 32 s apart (PXE 2.1 §2.2.3; EDK2 does the same), so a longer pause is a
 *  new attempt. */
export const ROUND_GAP_MS = 40_000
/** Attempts that do nothing with an offer before it is put in another form. */
export const IGNORED_LIMIT = 2
/** A PC that is back so soon after it fetched its loader was not restarted by somebody: the loader loaded itself, or the
 *  firmware would not run it. */
export const RETURN_MS = 15_000
/** So many returns in a row are a loop. */
export const LOOP_RETURNS = 3
/** How long a loop is not answered: longer than a firmware keeps asking, so that it goes on to its next boot device. */
export const SILENCE_MS = 90_000

const DEFAULT_FORM: Readonly<Record<BootPlatform, OfferForm>> = {
  // A ROM takes the file of the offer and saves the way over 4011.
  bios: 'pxe10',
  // EDK2 before 2017 drops the first offer of the other form.
  'uefi-x64': 'binl',
  'uefi-ia32': 'binl',
  'uefi-arm64': 'binl',
  'uefi-arm32': 'binl',
  pi: 'pxe10',
}

const fresh = (platform: BootPlatform): BootPath => ({
  platform,
  loaderWorked: false,
  formWorked: false,
  ignored: 0,
  stuck: 0,
  returns: 0,
  silentUntilMs: 0,
})

/** The loader a machine gets now; `undefined` when there is none for it. */
export function loaderOf(path: BootPath, { ladder, guess }: PathContext): string | undefined {
  return [path.loader, guess.loader].find((name) => name !== undefined && ladder.includes(name)) ?? ladder[0]
}

export const formOf = (path: BootPath, { guess }: PathContext): OfferForm =>
  path.form ?? guess.form ?? DEFAULT_FORM[path.platform]

export const isSilent = (path: BootPath, atMs: number): boolean => atMs < path.silentUntilMs

/** What is known after an event. `path` absent: a machine that was never heard of; then only a DISCOVER says anything. */
export function step(path: BootPath | undefined, event: PathEvent, context: PathContext): Step {
  if (event.is === 'discover') return discover(path, event, context)
  const round = path?.round
  if (!path || !round) return { path: path ?? fresh('bios'), news: [] }
  switch (event.is) {
    case 'offered':
      return still({ ...path, round: { ...round, offered: true } })
    case 'came4011':
      return still(followed({ ...path, round: { ...round, came4011: true } }, round))
    case 'fetched':
      return still(followed({ ...path, round: { ...round, fetchedMs: event.atMs } }, round))
    case 'further':
      return further(path, round, context)
  }
}

const still = (path: BootPath): Step => ({ path, news: [] })

/** It did what the offer said, so the offer was put in a way it understands. */
const followed = (path: BootPath, { via, form }: Round): BootPath =>
  via === 'http' ? path : { ...path, form, formWorked: true, ignored: 0 }

type Discover = Extract<PathEvent, { is: 'discover' }>

function discover(before: BootPath | undefined, event: Discover, context: PathContext): Step {
  // A PC switched from BIOS to UEFI is another machine to us.
  const path = before?.platform === event.platform ? before : fresh(event.platform)
  const { round } = path
  if (round && isSameRound(round, event))
    return still({ ...path, round: { ...round, lastMs: event.atMs, secs: event.secs } })
  const judged = round?.offered ? judge(path, round, event, context) : still(path)
  const loader = loaderOf(judged.path, context)
  return {
    path: {
      ...judged.path,
      round: {
        via: event.via,
        lastMs: event.atMs,
        secs: event.secs,
        ...(loader !== undefined && { loader }),
        form: formOf(judged.path, context),
        offered: false,
        came4011: false,
        further: false,
      },
    },
    news: judged.news,
  }
}

/** A repeated DISCOVER, or a new attempt? The transaction id does not tell: ROMs make it from their MAC and a counter, so
 *  that it changes within an attempt and comes back in the next. What tells is that a firmware which got somewhere asks
 *  again only when it begins anew, that the seconds it counts never go back within an attempt, and the pause. */
function isSameRound(round: Round, event: Discover): boolean {
  if (round.via !== event.via) return false
  if (round.came4011 || round.fetchedMs !== undefined || round.further) return false
  return event.secs >= round.secs && event.atMs - round.lastMs <= ROUND_GAP_MS
}

/** The attempt is over, because the next one begins: what became of it? */
function judge(path: BootPath, round: Round, event: Discover, context: PathContext): Step {
  if (round.further) return still({ ...path, ignored: 0, stuck: 0, returns: 0 })
  if (round.fetchedMs !== undefined) return gotStuck(path, round, round.fetchedMs, event, context)
  if (round.came4011 || round.via === 'http') return still({ ...path, ignored: 0 })
  const ignored = path.ignored + 1
  if (ignored < IGNORED_LIMIT) return still({ ...path, ignored })
  const to: OfferForm = round.form === 'binl' ? 'pxe10' : 'binl'
  return { path: { ...path, form: to, formWorked: false, ignored: 0 }, news: [{ is: 'formChanged', to }] }
}

function gotStuck(path: BootPath, round: Round, fetchedMs: number, event: Discover, { ladder }: PathContext): Step {
  const from = round.loader
  if (from === undefined) return still(path)
  const returns = event.atMs - fetchedMs <= RETURN_MS ? path.returns + 1 : 0
  const news: PathNews[] = []
  let next: BootPath = { ...path, ignored: 0, stuck: path.stuck + 1, returns }
  // One that has worked before may have been switched off in the middle: it gets a second chance.
  if (!path.loaderWorked || next.stuck >= 2) {
    const to = ladder[(ladder.indexOf(from) + 1) % ladder.length] ?? from
    next = { ...next, loader: to, loaderWorked: false }
    news.push(to === from ? { is: 'loaderStuck', loader: from } : { is: 'loaderChanged', from, to })
  }
  if (returns < LOOP_RETURNS) return { path: next, news }
  return {
    path: { ...next, returns: 0, silentUntilMs: event.atMs + SILENCE_MS },
    news: [{ is: 'loop', times: returns, loader: from }],
  }
}

function further(path: BootPath, round: Round, { ladder }: PathContext): Step {
  if (round.further) return still(path)
  const went: BootPath = { ...path, round: { ...round, further: true } }
  // Without a fetch it came by a loader of its own: nothing is learnt of ours.
  if (round.fetchedMs === undefined || round.loader === undefined) return still(went)
  const { loader } = round
  return {
    path: { ...went, loader, loaderWorked: true, stuck: 0, returns: 0 },
    news: path.loaderWorked || loader === ladder[0] ? [] : [{ is: 'loaderWorked', loader }],
  }
}
