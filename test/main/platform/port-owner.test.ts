import { createSocket } from 'node:dgram'
import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { bindError, findPortOwner, ownSocketDescriptor } from '../../../src-main/platform/port-owner.ts'

const onLinux = process.platform === 'linux'

test.skipIf(!onLinux)('the owner of a UDP port is found, and its descriptor', async () => {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const { port } = socket.address()
  expect(findPortOwner('udp', port)?.pid).toBe(process.pid)
  expect(ownSocketDescriptor('udp', port)).toBeGreaterThan(2)
  expect(findPortOwner('tcp', port)).toBeUndefined()
  await new Promise<void>((resolve) => socket.close(resolve))
  expect(ownSocketDescriptor('udp', port)).toBeUndefined()
})

test.skipIf(!onLinux)('the owner of a listening TCP port is found', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  expect(findPortOwner('tcp', port)).toEqual({ pid: process.pid, name: expect.stringMatching(/\S/) })
  await new Promise((resolve) => server.close(resolve))
})

test.each([
  ['EADDRINUSE', 'net.portTaken'],
  ['EACCES', 'net.permission'],
  ['EPERM', 'net.permission'],
  ['EADDRNOTAVAIL', 'net.address'],
  ['ENOBUFS', 'net.bind'],
])('%s becomes %s', (errno, code) => {
  const thrown = Object.assign(new Error('bind'), { code: errno })
  const error = bindError(thrown, { protocol: 'udp', host: '10.0.0.1', port: 1, service: 'TFTP' })
  expect(error).toMatchObject({ code, cause: thrown, data: { errno, protocol: 'udp' } })
  expect(error.message).toMatch(/^TFTP (cannot|may not) use /)
})
