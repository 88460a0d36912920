/** Several calls that may each be done at once: `add` them, then return `done()`. All of them have ended when it ends, so
 *  that buffers are free again; the first failure is passed on. */
export class Calls {
  #waiting: Promise<void>[] | undefined

  add(call: () => void | Promise<void>): void {
    let running: void | Promise<void>
    try {
      running = call()
    } catch (e) {
      running = Promise.reject(e)
    }
    if (running) (this.#waiting ??= []).push(running)
  }
  done(): void | Promise<void> {
    const waiting = this.#waiting
    if (!waiting) return
    if (waiting.length === 1) return waiting[0]
    return Promise.allSettled(waiting).then((results) => {
      for (const result of results) if (result.status === 'rejected') throw result.reason
    })
  }
}

/** Does `next` at once when `call` is done, else after it. */
export function after(call: void | Promise<void>, next: () => void | Promise<void>): void | Promise<void> {
  return call ? call.then(next) : next()
}
