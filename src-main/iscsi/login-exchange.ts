import { Machine } from '../base/machine.ts'
import {
  initialLogin,
  loginStep,
  type LoginContext,
  type LoginEffect,
  type LoginInput,
  type LoginState,
} from './login.ts'
import type { LoginRequest } from './pdu/login-request.ts'

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

  constructor(context: LoginContext, owner: LoginOwner) {
    this.#owner = owner
    this.#machine = new Machine(initialLogin, loginStep(context), (effect) => {
      if (effect.type === 'wait') this.#wait(effect.ready)
      else owner.run(effect)
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
