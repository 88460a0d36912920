import type { ClientView, DiskView, TimelineEntry } from '../../../src-main/api/dto.ts'
import { heard } from '../../i18n/heard.ts'
import { t } from '../../i18n/i18n.svelte.ts'
import { imageName, startsFresh } from '../../state/images.ts'
import { stalledHint } from '../../state/words.ts'

/** What a card says about a PC beyond its own fields. */

/** Look-ups of disks that cards of many PCs share. */
export class DiskIndex {
  readonly #byName: ReadonlyMap<string, DiskView>
  /** By family and channel. */
  readonly #given = new Map<string, DiskView>()

  constructor(disks: readonly DiskView[]) {
    this.#byName = new Map(disks.map((disk) => [disk.name, disk]))
    for (const disk of disks)
      if (disk.image?.channel !== undefined) this.#given.set(`${disk.image.family} ${disk.image.channel}`, disk)
  }
  find(name: string | undefined): DiskView | undefined {
    return name === undefined ? undefined : this.#byName.get(name)
  }
  /** The version of its image that a PC is given when it is reset. */
  targetOf(client: ClientView, disk: DiskView): DiskView | undefined {
    const parent = this.find(disk.parent)
    if (!parent?.image || client.channel === 'pinned') return parent
    const production = this.#given.get(`${parent.image.family} production`)
    const test = client.channel === 'test' ? this.#given.get(`${parent.image.family} test`) : undefined
    const newer = test && production && production.image!.version > test.image!.version ? production : test
    return newer ?? production ?? parent
  }
}

export interface ImageFacts {
  /** `debian, version 2`. */
  readonly name: string
  readonly channel: 'production' | 'test' | 'pinned'
  /** The version that it goes to, and when. */
  readonly next: string | undefined
}

/** Undefined when its disk was not made from an image. */
export function imageFacts(client: ClientView, index: DiskIndex, nowMs: number): ImageFacts | undefined {
  const disk = index.find(client.disk)
  const image = disk?.sealed ? disk : index.find(disk?.parent)
  if (!disk || !image) return undefined
  const target = disk.sealed ? image : (index.targetOf(client, disk) ?? image)
  return { name: imageName(image), channel: client.channel, next: nextWords() }

  function nextWords(): string | undefined {
    if (target.name === image!.name) return undefined
    const n = target.image?.version ?? 1
    return startsFresh(client, disk!, nowMs)
      ? t('moves to version {n} at its next start', { n })
      : t('version {n} is there, but it keeps what it writes', { n })
  }
}
export function channelWord(channel: ImageFacts['channel']): string {
  if (channel === 'pinned') return t('stays with it')
  return channel === 'test' ? t('tries new versions') : t('The one for everybody')
}

/** What its own disk takes on this computer. */
export interface Overlay {
  readonly usedBytes: number
  readonly mostBytes: number
  readonly limited: boolean
}
export function overlayOf(client: ClientView, index: DiskIndex): Overlay | undefined {
  const disk = index.find(client.disk)
  if (!disk || disk.sealed) return undefined
  const limited = disk.quotaBytes !== undefined && disk.quotaBytes < disk.sizeBytes
  return { usedBytes: disk.realBytes, mostBytes: limited ? disk.quotaBytes! : disk.sizeBytes, limited }
}

export interface Trouble {
  readonly text: string
  /** What to do. */
  readonly hint: string | undefined
}

/** Events after which a PC does not go on by itself. */
export const BAD_EVENTS: ReadonlySet<string> = new Set(['loginRefused', 'transferFailed'])

/** What keeps a PC from running, the cause before its effect. Undefined when nothing is known to. */
export function troubleOf(client: ClientView, index: DiskIndex, nowMs: number): Trouble | undefined {
  const disk = index.find(client.disk)
  if (disk?.problem && client.stage !== 'local')
    return { text: heard(disk.problem.message), hint: disk.problem.hint && heard(disk.problem.hint) }
  if (client.live.stage === 'failed') return { text: heard(client.live.text), hint: failedHint(client, disk) }
  const stalled = stalledHint(client.live, nowMs)
  if (stalled !== undefined) return { text: stalled, hint: undefined }
  if (client.disk === undefined && client.stage === 'run')
    return { text: t('It has no disk yet.'), hint: t('Give it one with “Change”.') }
  return undefined
}
function failedHint(client: ClientView, disk: DiskView | undefined): string {
  if (disk?.busy !== undefined) return t('Its disk is busy just now. Switch the PC on again when that is over.')
  if (client.disk === undefined) return t('Give it a disk with “Change”, then switch it on again.')
  return t('Switch it off and on again. If it comes again, open it, look at its last steps, and try another loader.')
}

/** The newest event of a PC that was a failure. */
export const lastFailure = (timeline: readonly TimelineEntry[], mac: string): TimelineEntry | undefined =>
  timeline.findLast((entry) => entry.mac === mac && BAD_EVENTS.has(entry.type))
