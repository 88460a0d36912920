/** What one address is doing: data in states, moved by a pure step. The pool holds one of these for each address that was
 *  ever given. `mac` is the PC: firmware, loader and system send three different client identifiers, and a PC whose disk
 *  is on the network must keep one address through all three, so the hardware address is the identity here (RFC 2131 §2
 *  would take option 61 where it is sent). */
export type Lease =
  | { readonly is: 'free' }
  /** Kept for one PC while it is looked whether somebody uses it already (`checked: false`), and until the PC takes it. */
  | { readonly is: 'offered'; readonly mac: string; readonly untilMs: number; readonly checked: boolean }
  | { readonly is: 'bound'; readonly mac: string; readonly untilMs: number }
  /** Given back, run out or not taken: free for everybody, but its last PC gets it again while it is. */
  | { readonly is: 'former'; readonly mac: string; readonly sinceMs: number }
  /** Somebody uses it whom we did not give it to. */
  | { readonly is: 'declined'; readonly untilMs: number }

export type LeaseInput =
  | { readonly type: 'offer'; readonly mac: string; readonly untilMs: number }
  /** Nobody on the network answers at this address, or only the PC itself. */
  | { readonly type: 'cleared'; readonly mac: string }
  | { readonly type: 'bind'; readonly mac: string; readonly untilMs: number }
  | { readonly type: 'release'; readonly mac: string; readonly atMs: number }
  /** The PC found somebody at the address it was given. */
  | { readonly type: 'decline'; readonly mac: string; readonly untilMs: number }
  /** We found somebody ourselves. */
  | { readonly type: 'conflict'; readonly untilMs: number }
  | { readonly type: 'time'; readonly nowMs: number }

export const FREE: Lease = { is: 'free' }

/** `undefined`: not legal in this state, nothing changes. */
export function stepLease(lease: Lease, input: LeaseInput): Lease | undefined {
  switch (input.type) {
    case 'time':
      return expire(lease, input.nowMs)
    case 'offer':
      return offer(lease, input)
    case 'cleared':
      return lease.is === 'offered' && lease.mac === input.mac ? { ...lease, checked: true } : undefined
    case 'bind':
      return mayBind(lease, input.mac) ? { is: 'bound', mac: input.mac, untilMs: input.untilMs } : undefined
    case 'release':
      return isLiveFor(lease, input.mac) ? { is: 'former', mac: input.mac, sinceMs: input.atMs } : undefined
    case 'decline':
      return isLiveFor(lease, input.mac) ? { is: 'declined', untilMs: input.untilMs } : undefined
    case 'conflict':
      // A PC that has its lease is the one that answers there.
      return lease.is === 'bound' ? undefined : { is: 'declined', untilMs: input.untilMs }
  }
}

/** True while nobody else may have the address. */
export const isLive = (lease: Lease): lease is Extract<Lease, { is: 'offered' | 'bound' }> =>
  lease.is === 'offered' || lease.is === 'bound'

const isLiveFor = (lease: Lease, mac: string): boolean => isLive(lease) && lease.mac === mac

function expire(lease: Lease, nowMs: number): Lease {
  switch (lease.is) {
    case 'free':
    case 'former':
      return lease
    case 'declined':
      return nowMs >= lease.untilMs ? FREE : lease
    case 'offered':
    case 'bound':
      return nowMs >= lease.untilMs ? { is: 'former', mac: lease.mac, sinceMs: lease.untilMs } : lease
  }
}

function offer(lease: Lease, { mac, untilMs }: Extract<LeaseInput, { type: 'offer' }>): Lease | undefined {
  switch (lease.is) {
    case 'free':
    case 'former':
      return { is: 'offered', mac, untilMs, checked: false }
    case 'offered':
      return lease.mac === mac ? { ...lease, untilMs } : undefined
    case 'bound':
      // Its PC starts again and asks anew: what it was promised before still holds.
      return lease.mac === mac ? lease : undefined
    case 'declined':
      return undefined
  }
}

function mayBind(lease: Lease, mac: string): boolean {
  switch (lease.is) {
    case 'free':
    case 'former':
      return true
    case 'offered':
      return lease.mac === mac && lease.checked
    case 'bound':
      return lease.mac === mac
    case 'declined':
      return false
  }
}
