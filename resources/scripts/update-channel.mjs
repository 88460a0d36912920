// Where updates come from, and signing of the file that announces them. Node's own modules only.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './steps.mjs'

/** Said before the bytes that are signed, so that a signature is good for nothing else. As in src-main/shell/update-signature.ts. */
const CONTEXT = 'bootlace-update-channel-1'

/** resources/update-channel.json, or the file $BOOTLACE_UPDATE_CHANNEL names. All null: updates are off. Half of it filled in is
 *  a mistake, which must not become a release that trusts too much. */
export function readUpdateChannel(env = process.env) {
  const file = env.BOOTLACE_UPDATE_CHANNEL ?? join(root, 'resources', 'update-channel.json')
  const { url, publicKey, windowsPublisher } = JSON.parse(readFileSync(file, 'utf8'))
  if (!url && !publicKey) return null
  if (!url?.startsWith('https://') || !publicKey)
    throw new Error(`${file} must name both an https url and a publicKey, or neither`)
  publicKeyOf(publicKey)
  return { url, publicKey, windowsPublisher: windowsPublisher ?? null }
}

/** Shape: base64 of the 32 bytes of an Ed25519 public key. */
function publicKeyOf(base64) {
  const raw = Buffer.from(base64, 'base64')
  if (raw.length !== 32) throw new Error('the public key for updates is not base64 of 32 bytes')
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' })
}

/** Writes `FILE.sig`: base64 of the Ed25519 signature over context, file name and content.
 *  Shape: `pem` is the private key, PKCS #8. Errors: when it does not belong to the public key that the program carries. */
export function signChannelFile(file, pem, publicKey) {
  const key = createPrivateKey(pem)
  const own = createPublicKey(key).export({ format: 'jwk' })
  if (own.crv !== 'Ed25519' || own.x !== publicKeyOf(publicKey).export({ format: 'jwk' }).x)
    throw new Error('the signing key does not belong to the public key in resources/update-channel.json')
  const message = Buffer.concat([Buffer.from(`${CONTEXT}\n${basename(file)}\n`), readFileSync(file)])
  writeFileSync(`${file}.sig`, `${sign(null, message, key).toString('base64')}\n`)
  return `${file}.sig`
}

/** A new pair of keys: the private one to keep as a secret of the release, the public one for resources/update-channel.json. */
export function newKeys() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url').toString('base64'),
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  if (process.argv[2] !== 'new-keys') {
    process.stderr.write('Usage: update-channel.mjs new-keys PRIVATE-KEY-FILE\n')
    process.exitCode = 64
  } else {
    const { privateKey, publicKey } = newKeys()
    writeFileSync(process.argv[3] ?? 'update-key.pem', privateKey, { mode: 0o600, flag: 'wx' })
    process.stdout.write(`publicKey: ${publicKey}\n`)
  }
}
