import type { Clock } from '../base/clock.ts'
import { Machine } from '../base/machine.ts'
import { chapServices } from './chap-crypto.ts'
import { loginStep } from './login.ts'
import { initialLogin, type LoginContext, type LoginEffect, type LoginInput, type LoginState } from './login-state.ts'
import type { LoginRequest } from './pdu/login-request.ts'
import { LOGIN_STATUS } from './pdu/login-response.ts'
import type { RegisteredSession, SessionRegistry } from './session-registry.ts'

export interface LoginOwner {
  run(effect: Exclude<LoginEffect, { type: 'wait' }>): void
  readonly ended: boolean
  /** After a step that no PDU caused: what is to be sent must leave. */
  flush(): void
  bug(thrown: unknown): void
}

/** Drives the login machine of one connection, and lets a request wait until its disk is prepared. */
export class LoginExchange {
  readonly #machine: Machine<LoginState, LoginInput, LoginEffect>
  readonly #owner: LoginOwner
  #inHand: LoginRequest | undefined
  /** A request waits. Logins go step by step, so nothing may come meanwhile. */
  waiting = false

  /** @param portal what all logins of the portal share. */
  constructor(
    context: Omit<LoginContext, 'hasSession' | 'chap' | 'isBlocked'>,
    portal: Pick<SessionRegistry<RegisteredSession>, 'has' | 'guard'>,
    clock: Clock,
    owner: LoginOwner,
  ) {
    this.#owner = owner
    const { guard } = portal
    const step = loginStep({
      ...context,
      hasSession: (initiatorName, isid, tsih) => portal.has(initiatorName, isid, tsih),
      chap: chapServices(guard),
      isBlocked: (who) => guard.isBlocked(who, clock.now()),
    })
    this.#machine = new Machine(initialLogin, step, (effect) => {
      if (effect.type === 'wait') return this.#wait(effect.ready)
      if (effect.type === 'refused' && effect.status === LOGIN_STATUS.authenticationFailure) {
        guard.failed(effect.who, clock.now())
      }
      owner.run(effect)
    })
  }
  request(request: LoginRequest): void {
    this.#inHand = request
    this.#machine.send({ type: 'request', request })
  }
  timeout(): void {
    this.#machine.send({ type: 'timeout' })
  }

  #wait(ready: Promise<void>): void {
    this.waiting = true
    // A view of the receive buffer would not live so long.
    const request = { ...this.#inHand!, data: this.#inHand!.data.slice() }
    void ready.then(() => {
      this.waiting = false
      if (this.#owner.ended) return
      try {
        this.request(request)
      } catch (thrown) {
        this.#owner.bug(thrown)
      }
      this.#owner.flush()
    })
  }
}
