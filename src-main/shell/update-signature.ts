import { createPublicKey, verify } from 'node:crypto'

/** Where updates come from, put into the program when it is built. */
export interface UpdateChannel {
  readonly url: string
  /** Ed25519, base64 of 32 bytes. */
  readonly publicKey: string
  /** Whose Authenticode signature Windows must find on an installer. */
  readonly windowsPublisher: string | null
}

export interface UpdateFile {
  readonly url: string
  /** Base64. */
  readonly sha512: string
  readonly size: number
}
/** What a channel file says. */
export interface UpdateInfo {
  readonly version: string
  readonly files: readonly UpdateFile[]
  readonly path: string
  readonly sha512: string
  readonly releaseDate: string
}

/** Why an announcement is not believed. `older` is no attack by itself: a mirror may be behind. */
export type Refusal = 'signature' | 'content' | 'older'
export type Verdict = { readonly ok: true; readonly info: UpdateInfo } | { readonly ok: false; readonly why: Refusal }

/** Said before the bytes that are signed, so that a signature is good for nothing else. */
const CONTEXT = 'bootlace-update-channel-1'
const SIGNATURE = /^[A-Za-z0-9+/]{86}==\n?$/
const VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/
/** A file beside the channel file: no path, no other host. */
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/
const SHA512 = /^[A-Za-z0-9+/]{86}==$/

/** Decides on a channel file as it was fetched. Nothing of it is looked at before its signature is right.
 *  Shape: `name` is the channel file's name, which the signature covers too; `signature` the text of its `.sig`; `atLeast` are
 *  versions below which nothing is believed (the one that runs, the newest ever announced). */
export function judgeUpdate(o: {
  name: string
  content: Uint8Array
  signature: string | undefined
  publicKey: string
  atLeast: readonly string[]
}): Verdict {
  if (!isSigned(o)) return { ok: false, why: 'signature' }
  const info = readChannel(Buffer.from(o.content).toString('utf8'))
  if (!info) return { ok: false, why: 'content' }
  if (o.atLeast.some((version) => compareVersions(info.version, version) < 0)) return { ok: false, why: 'older' }
  return { ok: true, info }
}

function isSigned(o: { name: string; content: Uint8Array; signature: string | undefined; publicKey: string }): boolean {
  if (o.signature === undefined || !SIGNATURE.test(o.signature)) return false
  const raw = Buffer.from(o.publicKey, 'base64')
  if (raw.length !== 32) return false
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' })
  const message = Buffer.concat([Buffer.from(`${CONTEXT}\n${o.name}\n`), o.content])
  return verify(null, message, key, Buffer.from(o.signature, 'base64'))
}

/** The few lines that our releases write (resources/scripts/dist.mjs); anything else is not ours. */
function readChannel(text: string): UpdateInfo | undefined {
  const match =
    /^version: (\S+)\nfiles:\n {2}- url: (\S+)\n {4}sha512: (\S+)\n {4}size: (\d+)\npath: (\S+)\nsha512: (\S+)\nreleaseDate: '([^']+)'\n$/.exec(
      text,
    )
  if (!match) return undefined
  const [, version, url, sha512, size, path, sameSha512, releaseDate] = match as unknown as string[]
  if (!VERSION.test(version!) || !FILE_NAME.test(url!) || !SHA512.test(sha512!)) return undefined
  if (path !== url || sameSha512 !== sha512) return undefined
  return {
    version: version!,
    files: [{ url: url!, sha512: sha512!, size: Number(size) }],
    path: url!,
    sha512: sha512!,
    releaseDate: releaseDate!,
  }
}

/** Negative when `a` is the older one. Source: semver.org 2.0.0, item 11, without build metadata. */
export function compareVersions(a: string, b: string): number {
  const [mainA, preA] = parts(a)
  const [mainB, preB] = parts(b)
  for (let i = 0; i < 3; i++) if (mainA[i] !== mainB[i]) return (mainA[i] ?? 0) - (mainB[i] ?? 0)
  if (preA.length === 0 || preB.length === 0) return preB.length - preA.length
  for (let i = 0; i < Math.max(preA.length, preB.length); i++) {
    const order = compareIdentifiers(preA[i], preB[i])
    if (order !== 0) return order
  }
  return 0
}

function parts(version: string): [number[], string[]] {
  const split = version.indexOf('-')
  const main = split < 0 ? version : version.slice(0, split)
  return [main.split('.').map(Number), split < 0 ? [] : version.slice(split + 1).split('.')]
}

function compareIdentifiers(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1
  const numbers = [a, b].map((text) => /^\d+$/.test(text))
  if (numbers[0] && numbers[1]) return Number(a) - Number(b)
  if (numbers[0] !== numbers[1]) return numbers[0] ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}
