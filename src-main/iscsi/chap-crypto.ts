import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import type { ChapServices } from './chap.ts'
import type { LoginGuard } from './login-guard.ts'

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

export function chapServices(guard: LoginGuard): ChapServices {
  return {
    newChallenge(length) {
      const challenge = randomBytes(length)
      guard.remember(challenge)
      return challenge
    },
    isOurChallenge: (challenge) => guard.isOurs(challenge),
    newIdentifier: () => randomInt(256),
    hash(algorithm, parts) {
      const hash = createHash(algorithm)
      for (const part of parts) hash.update(part)
      return hash.digest()
    },
    // Of equal length, so that not even the length of a name shows.
    equal: (a, b) => timingSafeEqual(sha256(a), sha256(b)),
  }
}
