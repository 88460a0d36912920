import { createSocket } from 'node:dgram'
import { AppError } from '../base/errors.ts'

/** The magic packet: six FFh bytes, then the MAC sixteen times. `mac`: lower-case colon text. */
export function magicPacket(mac: string): Buffer {
  const address = Buffer.from(mac.replaceAll(':', ''), 'hex')
  return Buffer.concat([Buffer.alloc(6, 0xff), ...Array.from({ length: 16 }, () => address)])
}

/** Broadcasts the magic packet to UDP port 9 from the given address. Errors: net.send. */
export async function wakeOnLan(mac: string, fromAddress: string): Promise<void> {
  const socket = createSocket('udp4')
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.bind(0, fromAddress, () => {
        socket.setBroadcast(true)
        socket.send(magicPacket(mac), 9, '255.255.255.255', (error) => (error ? reject(error) : resolve()))
      })
    })
  } catch (cause) {
    throw new AppError('net.send', `the wake-up packet could not be sent: ${(cause as Error).message}`, {
      hint: 'Check the network cable of this computer.',
      cause,
    })
  } finally {
    socket.close()
  }
}
