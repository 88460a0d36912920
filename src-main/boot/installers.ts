import { bootUrl, hyphenMac, type SanContext } from './ipxe-script.ts'
import { CLIENT_MEDIA } from './media.ts'
import type { WindowsPe } from './winpe-script.ts'
import type { Client } from '../clients/client.ts'

/** How a PC is started from what lies in an ISO. Paths are those inside; in `args`, `{files}` stands for the address of
 *  the files and `{iso}` for that of the whole. */
export interface NetworkInstaller {
  readonly kernel: string
  readonly initrd: string
  readonly args: string
}

/** A file inside an ISO. `close` is called once, when nothing more is read. */
export interface MediumFile {
  readonly sizeBytes: number
  readonly modified: Date
  /** Exactly `length` bytes. */
  read(at: number, length: number): Promise<Uint8Array>
  close(): void
}

/** Installation media by their paths on this host. */
export interface Installers {
  /** While it is being looked into: resolves when `installerOf` can be asked. Never rejects. `busId`: the network card of
   *  the PC that asks, as its loader names it. */
  settled(medium: string | undefined, pc?: { mac: string; busId?: string }): Promise<void> | undefined
  installerOf(medium: string): NetworkInstaller | undefined
  /** What Windows Setup is started with, where the PC's medium is one of Windows; `missing`: the file wimboot is. */
  windowsPeOf?(client: Client): WindowsPe | 'missing' | undefined
  /** A file that goes with it. `mayHaveAnswers`: asked only where it is the answer file, which may hold a password. */
  windowsPeFile?(mac: string, file: string, mayHaveAnswers: () => boolean): Promise<Uint8Array | undefined>
  file(medium: string, inside: string): Promise<MediumFile | undefined>
}

/** Below this name are the files inside a client's medium. */
export const INSIDE = 'iso'

/** The path inside a medium that an address names; undefined when it names something else. */
export const pathInside = (rest: string): string | undefined =>
  rest.startsWith(`${INSIDE}/`) ? rest.slice(INSIDE.length + 1) : undefined

/** Where the loader finds the two files, and what the kernel is told. `more` are the arguments that a person added. */
export function installerScript(
  san: SanContext,
  installer: NetworkInstaller,
  more: string,
): { readonly kernelUrl: string; readonly initrdUrl: string; readonly kernelArgs: string } {
  const url = (...parts: string[]): string => bootUrl(san.server, 'media', hyphenMac(san.mac), ...parts)
  const args = installer.args.replaceAll('{files}', url(INSIDE)).replaceAll('{iso}', url(CLIENT_MEDIA.medium))
  return {
    kernelUrl: url(INSIDE, ...installer.kernel.split('/')),
    initrdUrl: url(INSIDE, ...installer.initrd.split('/')),
    kernelArgs: `${args} ${more}`.trim(),
  }
}
