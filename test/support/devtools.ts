import type { ChildProcess } from 'node:child_process'

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: { targetInfo?: { targetId: string; type: string } }
  readonly result?: Record<string, unknown>
  readonly error?: { message: string }
}

/** The first page of a Chromium that listens for a debugger (Playwright cannot join an Electron that it did not start). */
export interface DevtoolsPage {
  /** Resolves when the page shows the text. */
  waitForText(text: string): Promise<void>
  /** Presses the button that begins with the text. */
  press(text: string): Promise<void>
  screenshot(): Promise<Buffer>
  close(): void
}

/** Shape: `child` was started with --remote-debugging-port=0 and its stderr is a pipe. Errors: when it ends before. */
export async function openFirstPage(child: ChildProcess): Promise<DevtoolsPage> {
  const socket = new WebSocket(await debuggingAddress(child))
  await new Promise((done, failed) => {
    socket.onopen = done
    socket.onerror = () => failed(new Error('the debugger could not be reached'))
  })
  let last = 0
  const answers = new Map<number, (message: Message) => void>()
  let found: (targetId: string) => void = () => {}
  const first = new Promise<string>((done) => (found = done))
  /** The empty page that a window begins with gives way to ours: what waited in there never hears of it. */
  let newDocument: () => void = () => {}
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data)) as Message
    if (message.method === 'Runtime.executionContextCreated') newDocument()
    const target = message.params?.targetInfo
    if (message.method === 'Target.targetCreated' && target?.type === 'page') found(target.targetId)
    if (message.id !== undefined) answers.get(message.id)?.(message)
  }
  const call = (method: string, params: object, sessionId?: string) =>
    new Promise<Record<string, unknown>>((done, failed) => {
      const id = ++last
      answers.set(id, ({ result, error }) => (error ? failed(new Error(error.message)) : done(result ?? {})))
      socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }))
    })
  await call('Target.setDiscoverTargets', { discover: true })
  const { sessionId } = await call('Target.attachToTarget', { targetId: await first, flatten: true })
  const onPage = (method: string, params: object) => call(method, params, sessionId as string)
  await onPage('Runtime.enable', {})
  return {
    async waitForText(text) {
      const expression = `new Promise((done) => {
        const look = () => document.body?.innerText.includes(${JSON.stringify(text)}) && done(true)
        new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true })
        look()
      })`
      await new Promise<void>((done, failed) => {
        const look = () => {
          onPage('Runtime.evaluate', { expression, awaitPromise: true }).then(
            () => done(),
            (thrown: Error) => {
              if (!/context|navigated|destroyed|collected/i.test(thrown.message)) failed(thrown)
            },
          )
        }
        newDocument = look
        look()
      })
      newDocument = () => {}
    },
    async press(text) {
      const expression = `[...document.querySelectorAll('button')].find((b) => b.innerText.trim().startsWith(${JSON.stringify(text)})).click()`
      const { exceptionDetails } = await onPage('Runtime.evaluate', { expression })
      if (exceptionDetails) throw new Error(`there is no button ${text}`)
    },
    async screenshot() {
      const { data } = await onPage('Page.captureScreenshot', {})
      return Buffer.from(String(data), 'base64')
    },
    close: () => socket.close(),
  }
}

function debuggingAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.once('exit', (code, signal) => reject(new Error(`the window ended with ${code ?? signal}: ${said}`)))
    child.stderr!.on('data', (text) => {
      said += String(text)
      const address = /ws:\/\/\S+/.exec(said)?.[0]
      if (address) resolve(address)
    })
  })
}
