import type { Client } from '../clients/client.ts'

/** Files on this host that boot HTTP may serve, by name. Nothing else of the host can be reached. */
export interface MediaRegistry {
  /** Replaces what was registered under the name. Keys are the paths below /media/<name>/, values local paths. */
  register(name: string, files: ReadonlyMap<string, string>): void
  unregister(name: string): void
  path(name: string, rest: string): string | undefined
}

export function createMediaRegistry(): MediaRegistry {
  const byName = new Map<string, ReadonlyMap<string, string>>()
  return {
    register: (name, files) => void byName.set(name, files),
    unregister: (name) => void byName.delete(name),
    path: (name, rest) => byName.get(name)?.get(rest),
  }
}

/** What a client installs from, under fixed names: the PC sees no path of this host. */
export const CLIENT_MEDIA = { kernel: 'kernel', initrd: 'initrd', medium: 'medium.iso' } as const

/** The local path of a client's own medium. */
export function clientMediaPath(client: Client, rest: string): string | undefined {
  if (rest === CLIENT_MEDIA.kernel) return client.kernel
  if (rest === CLIENT_MEDIA.initrd) return client.initrd
  if (rest === CLIENT_MEDIA.medium) return client.medium
  return undefined
}
