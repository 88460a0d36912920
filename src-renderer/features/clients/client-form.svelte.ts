import type { ClientChange, ClientView, DiskView, NewClient } from '../../../src-main/api/dto.ts'
import { t } from '../../i18n/i18n.svelte.ts'
import { dateField, endOfDay } from '../../state/days.ts'

/** What a person fills in for one PC; checks what can be checked before the engine is asked. */
export class ClientForm {
  readonly id: string | undefined
  /** Its name before the change. */
  readonly originalName: string | undefined
  /** As it was seen. */
  readonly firmware: string | undefined
  mac = $state('')
  name = $state('')
  disk = $state('')
  stage = $state<ClientView['stage']>('run')
  loader = $state<ClientView['loader']>('auto')
  keep = $state<ClientView['keep']>('always')
  /** The last day of `until`, as a date field has it: `2026-12-24`. */
  keepUntil = $state('')
  channel = $state<ClientView['channel']>('production')
  secondDisk = $state('')
  group = $state('')
  /** The ISO it installs from, by its path on the computer that runs the engine. */
  medium = $state('')
  /** Takes that ISO although it is known to fail. */
  knowingly = $state(false)
  /** For a golden image as the second drive: a disk of the PC's own made from it, or the image itself. */
  second = $state<'own' | 'shared'>('own')
  macProblem = $derived(
    this.mac.trim() === '' || MAC.test(this.mac.trim())
      ? undefined
      : t('A MAC address has twelve hex digits, like 52:54:00:12:34:56.'),
  )
  nameProblem = $derived(
    this.name.trim() === '' || NAME.test(this.name.trim())
      ? undefined
      : t('At most 15 letters, digits and hyphens, like pc-01.'),
  )
  keepProblem = $derived(
    this.keep === 'until' && endOfDay(this.keepUntil) === undefined
      ? t('Choose the last day on which it keeps what it writes.')
      : undefined,
  )
  ready = $derived(
    this.mac.trim() !== '' && this.name.trim() !== '' && !this.macProblem && !this.nameProblem && !this.keepProblem,
  )

  constructor(from: { client?: ClientView; mac?: string; name?: string; disk?: string | undefined }) {
    this.id = from.client?.mac
    this.originalName = from.client?.name
    this.firmware = from.client?.live.firmware
    this.mac = from.client?.mac ?? from.mac ?? ''
    this.name = from.client?.name ?? from.name ?? ''
    this.disk = from.client ? (from.client.disk ?? '') : (from.disk ?? '')
    this.stage = from.client?.stage ?? 'run'
    this.loader = from.client?.loader ?? 'auto'
    this.keep = from.client?.keep ?? 'always'
    this.keepUntil = from.client?.keepUntilMs === undefined ? '' : dateField(from.client.keepUntilMs)
    this.channel = from.client?.channel ?? 'production'
    this.secondDisk = from.client?.secondDisk ?? ''
    this.group = from.client?.group ?? ''
    this.medium = from.client?.medium ?? ''
    // An image that it has already is shared, or it would be a disk of its own by another name.
    this.second = this.secondDisk === '' ? 'own' : 'shared'
  }

  /** What is wrong, to be said when somebody tries to save. */
  get problem(): string | undefined {
    if (this.ready) return undefined
    return this.macProblem ?? this.nameProblem ?? this.keepProblem ?? t('Give the PC its MAC address and a name.')
  }

  /** @param disks tells images from other disks. */
  toNew(disks: readonly DiskView[]): NewClient {
    const until = this.keep === 'until' ? endOfDay(this.keepUntil) : undefined
    return {
      mac: this.mac,
      name: this.name,
      stage: this.stage,
      loader: this.loader,
      keep: this.keep,
      channel: this.channel,
      ...(until !== undefined && { keepUntilMs: until }),
      ...(this.disk !== '' && { disk: this.disk }),
      ...(this.secondDisk !== '' && { secondDisk: this.secondDisk }),
      ...(this.group.trim() !== '' && { group: this.group.trim() }),
      ...(this.#iso !== '' && { medium: this.#iso, ...this.#knowing }),
      ...(this.#wantsOwn(disks) && { secondOwn: true }),
    }
  }
  toChange(disks: readonly DiskView[]): ClientChange {
    const until = this.keep === 'until' ? endOfDay(this.keepUntil) : undefined
    return {
      id: this.id!,
      name: this.name,
      stage: this.stage,
      loader: this.loader,
      disk: this.disk === '' ? null : this.disk,
      keep: this.keep,
      ...(until !== undefined && { keepUntilMs: until }),
      channel: this.channel,
      secondDisk: this.secondDisk === '' ? null : this.secondDisk,
      group: this.group.trim() === '' ? null : this.group.trim(),
      // What was set elsewhere stays: a medium is shown, and changed, while it installs only.
      ...(this.stage === 'install' && { medium: this.#iso === '' ? null : this.#iso, ...this.#knowing }),
      ...(this.#wantsOwn(disks) && { secondOwn: true }),
    }
  }
  get #knowing(): { knowingly?: true } {
    return this.knowingly ? { knowingly: true } : {}
  }
  get #iso(): string {
    return this.stage === 'install' ? this.medium.trim() : ''
  }
  #wantsOwn(disks: readonly DiskView[]): boolean {
    return this.second === 'own' && disks.some((d) => d.name === this.secondDisk && d.sealed)
  }
}

const MAC = /^(?:[0-9a-f]{2}[:\-. ]?){5}[0-9a-f]{2}$/i
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?$/i
