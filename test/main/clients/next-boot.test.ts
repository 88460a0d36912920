import { beforeEach, describe, expect, test } from 'vitest'
import { NextBoots, SAME_START_MS } from '../../../src-main/clients/next-boot.ts'
import type { BootStage, Client } from '../../../src-main/clients/client.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const MAC = '52:54:00:77:00:01'
let client: Client
let clock: FakeClock
let next: NextBoots
let used: BootStage[]

beforeEach(() => {
  client = { mac: MAC, name: 'pc-01', stage: 'run', next: 'local', loader: 'auto', keep: 'always', channel: 'production', createdMs: 0 } // prettier-ignore
  clock = new FakeClock()
  used = []
  const registry = {
    byMac: () => client,
    change: (_: string, { next: wanted }: { next?: BootStage | undefined }) => {
      const { next: _gone, ...rest } = client
      return (client = wanted === undefined ? rest : { ...rest, next: wanted })
    },
  }
  next = new NextBoots(registry, clock, (_client, stage) => used.push(stage))
})
const asks = (platform: string) => next.stageFor(client, platform)

describe('next start only', () => {
  test('asking again and again uses nothing up', () => {
    for (let i = 0; i < 3; i++) expect(asks('pcbios')).toBe('local')
    expect(client.next).toBe('local')
    expect(used).toEqual([])
  })

  test('is used up when the script says that the PC leaves, once', () => {
    asks('pcbios')
    next.reported(MAC, 'local')
    next.reported(MAC, 'local')
    expect(client.next).toBeUndefined()
    expect(used).toEqual(['local'])
    expect(asks('pcbios')).toBe('run')
  })

  test('is used up when the system has taken the disk over', () => {
    client = { ...client, next: 'run', stage: 'local' }
    asks('efi')
    next.running(MAC)
    expect(used).toEqual(['run'])
    expect(asks('efi')).toBe('local')
  })

  test('a system that was running already and comes back to its disk uses nothing up', () => {
    next.running(MAC)
    next.reported(MAC, 'local')
    expect(client.next).toBe('local')
  })

  test.each(['kernel', 'sanhook', 'boot'])('a start that fails at %s does not lose it', (step) => {
    client = { ...client, next: 'maintenance' }
    asks('efi')
    next.reported(MAC, step)
    expect(client.next).toBe('maintenance')
    expect(asks('efi')).toBe('maintenance')
  })

  test('one that fails after it said that it leaves gets it back', () => {
    client = { ...client, next: 'maintenance' }
    asks('efi')
    next.reported(MAC, 'starting')
    expect(client.next).toBeUndefined()
    next.reported(MAC, 'boot')
    expect(client.next).toBe('maintenance')
    expect(asks('efi')).toBe('maintenance')
  })

  test('a UEFI that comes by its next boot entry is still in the same start', () => {
    next.seen(MAC, '7 PXEClient')
    asks('efi')
    next.reported(MAC, 'local')
    next.seen(MAC, '16 HTTPClient')
    expect(asks('efi')).toBe('local')
    next.reported(MAC, 'local')
    expect(used).toEqual(['local'])
    next.seen(MAC, '7 PXEClient')
    expect(asks('efi')).toBe('run')
  })

  test('where boot entries cannot be told apart, time parts two starts', () => {
    asks('efi')
    next.reported(MAC, 'local')
    clock.advance(SAME_START_MS)
    expect(asks('efi')).toBe('local')
    clock.advance(1)
    expect(asks('efi')).toBe('run')
  })

  test('entries of an earlier start do not count', () => {
    next.seen(MAC, '7 PXEClient')
    next.seen(MAC, '16 HTTPClient')
    next.seen(MAC, '7 PXEClient')
    asks('efi')
    next.reported(MAC, 'local')
    next.seen(MAC, '16 HTTPClient')
    expect(asks('efi')).toBe('local')
  })

  test('taken back before the PC went on, it is as if it had never been', () => {
    asks('efi')
    const { next: _, ...rest } = client
    client = rest
    expect(asks('efi')).toBe('run')
    next.reported(MAC, 'local')
    expect(used).toEqual([])
  })

  test('chosen again while the last one is still under way, it is another start', () => {
    asks('efi')
    next.reported(MAC, 'local')
    client = { ...client, next: 'local' }
    expect(asks('efi')).toBe('local')
    next.reported(MAC, 'local')
    expect(used).toEqual(['local', 'local'])
  })
})
