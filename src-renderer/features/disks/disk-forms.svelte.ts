import type { Input } from '../../../src-main/api/contract.ts'
import type { ClientView, DiskView } from '../../../src-main/api/dto.ts'
import { t } from '../../i18n/i18n.svelte.ts'
import { find, imageName, imageOf, targetVersion, whoMoves } from '../../state/images.ts'
import { dayAndTime, some } from '../../state/words.ts'

/** What a person fills in for one action on a disk; each says what it would do before it is done. */

const GIB = 2 ** 30
const keptOrLost = (discard: boolean): string =>
  discard
    ? t('What was written since its last restore point is lost for good.')
    : t('What it holds now is kept as a further restore point, so you can come back to it.')

/** Back to a restore point. */
export class RevertForm {
  readonly disk: DiskView
  point = $state<number>()
  discard = $state(false)

  constructor(disk: DiskView, point?: number) {
    this.disk = disk
    this.point = point ?? disk.restorePoints.at(-1)?.id
  }
  get words(): string {
    const point = this.disk.restorePoints.find((p) => p.id === this.point)
    if (!point) return t('Choose a restore point.')
    const what = t('{disk} becomes again what it was on {date}.', {
      disk: this.disk.name,
      date: dayAndTime(point.createdMs),
    })
    return `${what} ${keptOrLost(this.discard)}`
  }
  toInput(): Input<'diskRevert'> {
    return {
      name: this.disk.name,
      ...(this.point !== undefined && { point: this.point }),
      ...(this.discard && { discard: true }),
    }
  }
}

/** Back to the image. */
export class ResetForm {
  readonly disk: DiskView
  readonly running: boolean
  readonly versions: readonly DiskView[]
  readonly proposed: DiskView | undefined
  when = $state<'now' | 'next'>('now')
  /** Empty: the version that its PC is to have. */
  image = $state('')
  discard = $state(false)

  constructor(
    disk: DiskView,
    running: boolean,
    snapshot: { readonly clients: readonly ClientView[]; readonly disks: readonly DiskView[] },
  ) {
    this.disk = disk
    this.running = running
    this.when = running || disk.busy !== undefined ? 'next' : 'now'
    this.proposed = targetVersion(disk, snapshot.clients, snapshot.disks)
    const parent = find(snapshot.disks, disk.parent)
    const family = parent && imageOf(parent)?.family
    this.versions = snapshot.disks
      .filter((d) => family !== undefined && imageOf(d)?.family === family)
      .sort((a, b) => imageOf(b)!.version - imageOf(a)!.version)
  }
  get target(): DiskView | undefined {
    return this.versions.find((d) => d.name === this.image) ?? this.proposed
  }
  get words(): string {
    const image = this.target ? imageName(this.target) : t('its image')
    const { name, clients } = this.disk
    if (this.when === 'next') {
      const which = this.proposed ? imageName(this.proposed) : t('its image')
      return t(
        'When {pc} starts the next time, {disk} becomes exactly like {image}. What it holds until then is kept as a restore point, so you can come back to it.',
        { pc: some(clients, t('its PC')), disk: name, image: which },
      )
    }
    return `${t('{disk} becomes exactly like {image}, now.', { disk: name, image })} ${keptOrLost(this.discard)}`
  }
  toInput(): Input<'diskReset'> {
    if (this.when === 'next') return { name: this.disk.name, atNextBoot: true }
    return {
      name: this.disk.name,
      ...(this.image !== '' && { image: this.image }),
      ...(this.discard && { discard: true }),
    }
  }
}

/** A new version of the image from a disk. */
export class MergeForm {
  readonly disk: DiskView
  readonly family: string
  readonly version: number
  /** PCs that try versions first. */
  readonly testers: readonly string[]
  note = $state('')
  name = $state('')
  channel = $state<'test' | 'production'>('test')

  constructor(
    disk: DiskView,
    snapshot: { readonly clients: readonly ClientView[]; readonly disks: readonly DiskView[] },
  ) {
    this.disk = disk
    const parent = find(snapshot.disks, disk.parent)
    const family = (parent && imageOf(parent)?.family) ?? disk.parent ?? disk.name
    this.family = family
    this.version = 1 + Math.max(0, ...snapshot.disks.map((d) => (d.image?.family === family ? d.image.version : 0)))
    this.testers = snapshot.clients
      .filter((c) => {
        const image = find(snapshot.disks, find(snapshot.disks, c.disk)?.parent)
        return c.channel === 'test' && image !== undefined && imageOf(image)?.family === family
      })
      .map((c) => c.name)
  }
  toInput(): Input<'diskMerge'> {
    const note = this.note.trim()
    const name = this.name.trim()
    return {
      name: this.disk.name,
      channel: this.channel,
      ...(note !== '' && { note }),
      ...(name !== '' && { as: name }),
    }
  }
}

/** Who is given a version. */
export class PromoteForm {
  readonly image: DiskView
  /** Everybody has it; another version must take its place before it can be taken away. */
  readonly fixed: boolean
  channel = $state<'production' | 'test' | 'none'>('production')
  everyone = $state(false)

  constructor(image: DiskView) {
    this.image = image
    this.fixed = image.image?.channel === 'production'
  }
  preview(
    snapshot: { readonly clients: readonly ClientView[]; readonly disks: readonly DiskView[] },
    nowMs: number,
  ): { readonly moving: readonly string[]; readonly staying: readonly string[] } {
    if (this.channel === 'none') return { moving: [], staying: [] }
    return whoMoves(this.image, this.channel, snapshot.clients, snapshot.disks, nowMs)
  }
  toInput(): Input<'diskPromote'> {
    return { name: this.image.name, channel: this.channel, ...(this.everyone && { everyone: true }) }
  }
}

/** How much a disk may take on this computer. */
export class LimitForm {
  readonly disk: DiskView
  limited = $state<'no' | 'yes'>('no')
  gib = $state<number | null>(20)

  constructor(disk: DiskView) {
    this.disk = disk
    this.limited = disk.quotaBytes === undefined ? 'no' : 'yes'
    const proposed = disk.quotaBytes ?? Math.max(GIB, disk.sizeBytes / 2)
    this.gib = Math.max(1, Math.round(proposed / GIB))
  }
  get bytes(): number | null {
    return this.limited === 'no' ? null : Math.round((this.gib ?? 0) * GIB)
  }
  /** It takes more than this already. */
  get exceeded(): boolean {
    return this.bytes !== null && this.bytes < this.disk.realBytes
  }
  get problem(): string | undefined {
    return this.limited === 'yes' && !(this.gib !== null && this.gib > 0) ? 'Say how many GiB it may take.' : undefined
  }
  toInput(): Input<'diskSet'> {
    return { name: this.disk.name, quotaBytes: this.bytes }
  }
}
