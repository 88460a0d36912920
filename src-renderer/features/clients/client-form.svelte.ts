import type { ClientChange, ClientView, NewClient } from '../../../src-main/api/dto.ts'

/** What a person fills in for one PC; checks what can be checked before the engine is asked. */
export class ClientForm {
  readonly id: string | undefined
  /** Its name before the change. */
  readonly originalName: string | undefined
  mac = $state('')
  name = $state('')
  disk = $state('')
  stage = $state<ClientView['stage']>('run')
  loader = $state<ClientView['loader']>('auto')
  macProblem = $derived(
    this.mac.trim() === '' || MAC.test(this.mac.trim())
      ? undefined
      : 'A MAC address has twelve hex digits, like 52:54:00:12:34:56.',
  )
  nameProblem = $derived(
    this.name.trim() === '' || NAME.test(this.name.trim())
      ? undefined
      : 'At most 15 letters, digits and hyphens, like pc-01.',
  )
  ready = $derived(this.mac.trim() !== '' && this.name.trim() !== '' && !this.macProblem && !this.nameProblem)

  constructor(from: { client?: ClientView; mac?: string; name?: string; disk?: string | undefined }) {
    this.id = from.client?.mac
    this.originalName = from.client?.name
    this.mac = from.client?.mac ?? from.mac ?? ''
    this.name = from.client?.name ?? from.name ?? ''
    this.disk = from.client ? (from.client.disk ?? '') : (from.disk ?? '')
    this.stage = from.client?.stage ?? 'run'
    this.loader = from.client?.loader ?? 'auto'
  }

  toNew(): NewClient {
    return {
      mac: this.mac,
      name: this.name,
      stage: this.stage,
      loader: this.loader,
      ...(this.disk !== '' && { disk: this.disk }),
    }
  }
  toChange(): ClientChange {
    return {
      id: this.id!,
      name: this.name,
      stage: this.stage,
      loader: this.loader,
      disk: this.disk === '' ? null : this.disk,
    }
  }
}

const MAC = /^(?:[0-9a-f]{2}[:\-. ]?){5}[0-9a-f]{2}$/i
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?$/i

/** `pc-01`, `pc-02` …: the first that is free. */
export function nextName(taken: readonly string[]): string {
  for (let i = 1; ; i++) {
    const name = `pc-${String(i).padStart(2, '0')}`
    if (!taken.includes(name)) return name
  }
}
