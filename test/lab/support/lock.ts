import { connect, createServer, type Server, type Socket } from 'node:net'

/** Held while a lab runs: two would fight for the processor and for the image cache. */
export interface LabLock {
  release(): Promise<void>
}

/** Waits for the one lab lock of this machine. It is a listening socket in the kernel's abstract namespace, so it
 *  vanishes with its owner however that ends: it cannot be stale and leaves no file. */
export async function takeLabLock(name = 'bootlace-lab'): Promise<LabLock> {
  const path = `\0${name}`
  for (;;) {
    const waiting = new Set<Socket>()
    const server = createServer((socket) => {
      waiting.add(socket)
      socket.on('error', () => socket.destroy()).unref()
    })
    const taken = await new Promise<boolean>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
      )
      server.listen(path, () => resolve(true))
    })
    if (taken) {
      server.unref()
      return { release: () => release(server, waiting) }
    }
    await ownerEnds(path)
  }
}

/** Closing the server alone would leave those who wait connected to it. */
function release(server: Server, waiting: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of waiting) socket.destroy()
  })
}

/** A connection to the owner's socket closes when the owner ends or releases: that is the wake-up call. */
function ownerEnds(path: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => resolve())
  })
}
