import type { BrowserWindow, RenderProcessGoneDetails } from 'electron'
import type { Page } from '../api/shell.ts'
import type { Clock } from '../base/clock.ts'

export interface MainWindowNeeds {
  readonly create: () => BrowserWindow
  readonly clock: Clock
  /** True when the program is about to end anyway. */
  readonly isQuitting: () => boolean
  /** Whether there is another way back to the window than starting the program again. */
  readonly hasTray: () => boolean
  readonly quit: () => void
  readonly tell: (page: Page) => void
  readonly keepsCrashing: () => void
}

/** More crashes than this within a minute, and the window is left closed. */
const MAX_CRASHES = 3
const CRASH_SPAN_MS = 60_000

/** Opens, hides and brings back the window. PCs do not depend on it. */
export class MainWindow {
  readonly #o: MainWindowNeeds
  #window: BrowserWindow | undefined
  /** Opened and not closed since; it may not be on the screen yet. */
  #isWanted = false
  #crashes: number[] = []
  /** Where a page that is still loading is to begin. */
  #page: Page | undefined

  constructor(o: MainWindowNeeds) {
    this.#o = o
  }

  open(page?: Page): void {
    this.#isWanted = true
    if (this.#window && !this.#window.isDestroyed()) {
      if (this.#window.isMinimized()) this.#window.restore()
      this.#window.show()
      this.#window.focus()
      if (page) this.#o.tell(page)
      return
    }
    this.#page = page
    const window = this.#o.create()
    this.#window = window
    window.on('close', (event) => {
      if (this.#o.isQuitting()) return
      // Closing the window never takes a PC's disk away. Without a tray nobody could get back to it.
      event.preventDefault()
      if (!this.#o.hasTray()) return this.#o.quit()
      this.#isWanted = false
      window.hide()
    })
    window.webContents.on('render-process-gone', (_event, details) => this.#crashed(window, details))
  }

  /** Taken once, by the page that has come up. */
  takePage(): Page | undefined {
    const page = this.#page
    this.#page = undefined
    return page
  }

  #crashed(window: BrowserWindow, { reason, exitCode }: RenderProcessGoneDetails): void {
    // Whatever the reason: a process that was killed is now and then reported as a clean exit.
    if (this.#o.isQuitting()) return
    console.error(`bootlace: the window crashed (${reason}, ${exitCode}); PCs go on`)
    this.#window = undefined
    window.destroy()
    const now = this.#o.clock.now()
    this.#crashes = [...this.#crashes.filter((at) => now - at < CRASH_SPAN_MS), now]
    if (this.#crashes.length > MAX_CRASHES) this.#o.keepsCrashing()
    else if (this.#isWanted) this.open()
  }
}
