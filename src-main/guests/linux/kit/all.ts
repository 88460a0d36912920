import { ARCH } from '../../arch/kit.ts'
import { DEBIAN } from '../../debian/kit.ts'
import { DRACUT } from '../../dracut/kit.ts'
import { composeKit } from './compose.ts'

/** The kits by the name under which they are served. */
export const KITS: ReadonlyMap<string, string> = new Map([
  ['debian', composeKit(DEBIAN.title, [DEBIAN])],
  ['dracut', composeKit(DRACUT.title, [DRACUT])],
  ['arch', composeKit(ARCH.title, [ARCH])],
  ['linux', composeKit('any Linux: it finds out which', [DEBIAN, DRACUT, ARCH])],
])
