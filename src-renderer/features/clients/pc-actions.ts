import type { ClientView } from '../../../src-main/api/dto.ts'

/** What cards, rows, the details of a PC and the bar of the chosen ones ask the page to do. */
export interface PcActions {
  open(client: ClientView): void
  wake(clients: readonly ClientView[]): void
  /** At fixed times; no PCs: groups are asked for. */
  wakeTimes(clients: readonly ClientView[]): void
  change(client: ClientView): void
  changeAll(clients: readonly ClientView[]): void
  reset(clients: readonly ClientView[]): void
  forget(clients: readonly ClientView[]): void
}
