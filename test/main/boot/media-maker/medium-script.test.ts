import { describe, expect, test } from 'vitest'
import { checkAddress, mediumScript, mediumUrl } from '../../../../src-main/boot/media-maker/medium-script.ts'

const server = { ip: '192.168.1.10', httpPort: 8470 }
const mac = '52:54:00:77:00:01'
const query = 'p=${platform}&a=${buildarch}&u=${uuid}&v=${version:uristring}'

describe('the script of a medium', () => {
  test('asks by DHCP and for the first script, and begins again after every failure', () => {
    const lines = mediumScript({ server }).split('\n')
    expect(lines[0]).toBe('#!ipxe')
    expect(lines).toContain('dhcp || goto no-address')
    expect(lines).toContain(`chain --replace --autofree --timeout 8000 http://192.168.1.10:8470/boot.ipxe?${query} ||`)
    // Nothing may end it: each command that can fail goes on somewhere, and the last line is a jump back.
    expect(lines.filter((line) => /^(dhcp|chain|ifopen|iflinkwait)/.test(line) && !line.includes('||'))).toEqual([])
    expect(lines.at(-2)).toBe('goto start')
  })

  test('of one PC asks for that PC’s own, whatever card is in it', () => {
    expect(mediumUrl({ server, mac })).toBe('http://192.168.1.10:8470/client/52-54-00-77-00-01/boot.ipxe')
    expect(mediumScript({ server, mac })).toContain(`/client/52-54-00-77-00-01/boot.ipxe?${query}`)
  })

  test('with an address asks no router, and tries card after card', () => {
    const address = { address: '192.168.1.50', netmask: '255.255.255.0', gateway: '192.168.1.1' }
    const text = mediumScript({ server, address })
    expect(text).not.toMatch(/^dhcp/m)
    expect(text).toContain('set net${bl-card}/ip 192.168.1.50\nset net${bl-card}/netmask 255.255.255.0\n')
    expect(text).toContain('set net${bl-card}/gateway 192.168.1.1\n')
    expect(text).toContain('inc bl-card\ngoto card\n')
    expect(mediumScript({ server, address: { ...address, gateway: undefined! } })).not.toContain('gateway')
  })

  test('jumps only to labels that it has', () => {
    for (const o of [{ server }, { server, address: { address: '192.168.1.50', netmask: '255.255.255.0' } }]) {
      const text = mediumScript(o)
      const labels = new Set([...text.matchAll(/^:(\S+)$/gm)].map((m) => m[1]))
      const jumps = [...text.matchAll(/goto (\S+)/g)].map((m) => m[1])
      expect(jumps.length).toBeGreaterThan(1)
      expect(jumps.filter((label) => !labels.has(label))).toEqual([])
    }
  })
})

describe('an address', () => {
  const check =
    (address: string, netmask = '255.255.255.0', gateway?: string) =>
    () =>
      checkAddress({ address, netmask, ...(gateway !== undefined && { gateway }) }, server.ip)

  test.each([
    ['192.168.1.50', '255.255.255.0', undefined],
    ['192.168.1.11', '255.255.255.254', undefined],
    ['10.0.0.5', '255.255.255.0', '10.0.0.1'],
    ['192.168.1.50', '255.255.0.0', '192.168.200.1'],
  ])('%s %s %s can work', (address, netmask, gateway) => {
    expect(check(address, netmask, gateway)).not.toThrow()
  })

  test.each([
    ['192.168.1', undefined, undefined, 'is no address'],
    ['192.168.1.256', undefined, undefined, 'is no address'],
    ['192.168.1.50 && shell', undefined, undefined, 'is no address'],
    ['192.168.1.50', '255.0.255.0', undefined, 'is no netmask'],
    ['192.168.1.50', '0.0.0.0', undefined, 'is no netmask'],
    ['192.168.1.50', '24', undefined, 'is no netmask'],
    ['192.168.1.10', undefined, undefined, 'is the address of this computer'],
    ['192.168.1.0', undefined, undefined, 'stands for the whole network'],
    ['192.168.1.255', undefined, undefined, 'stands for the whole network'],
    ['192.168.2.50', undefined, undefined, 'is on another network'],
    ['192.168.1.50', undefined, '192.168.2.1', 'the gateway 192.168.2.1 is not on the network'],
    ['192.168.1.50', undefined, '192.168.1.50', 'the gateway 192.168.1.50 is not on the network'],
    ['192.168.1.50', undefined, 'router', 'is no gateway'],
  ])('%s %s %s is refused', (address, netmask, gateway, why) => {
    let thrown: unknown
    try {
      check(address, netmask, gateway)()
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({
      code: 'config.usage',
      message: expect.stringContaining(why),
      hint: expect.any(String),
    })
  })
})
