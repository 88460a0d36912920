import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { readCard } from '../../../src-main/platform/network-card.ts'

const folders: string[] = []
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })))

/** A card as the kernel shows it. */
function card(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'bootlace-card-'))
  folders.push(root)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, 'x', name)), { recursive: true })
    writeFileSync(join(root, 'x', name), text)
  }
  return root
}

test.each([
  [
    'a cable',
    { type: '1\n', carrier: '1\n', speed: '1000\n', mtu: '1500\n', 'device/vendor': '0x8086\n' },
    {
      ...{ kind: 'cable', hasLink: true, megabitsPerSecond: 1000, mtuBytes: 1500 },
    },
  ],
  ['Wi-Fi', { type: '1\n', 'phy80211/name': 'phy0\n', 'device/vendor': '' }, { kind: 'wireless' }],
  [
    'a bridge without spanning tree',
    { 'bridge/stp_state': '0\n', 'bridge/forward_delay': '1500\n' },
    { kind: 'bridge' },
  ],
  [
    'a bridge with it',
    { 'bridge/stp_state': '1\n', 'bridge/forward_delay': '1500\n' },
    {
      ...{ kind: 'bridge', holdsBackSeconds: 30 },
    },
  ],
  [
    'a bridge that holds nothing back',
    { 'bridge/stp_state': '1\n', 'bridge/forward_delay': '0\n' },
    { kind: 'bridge' },
  ],
  [
    'a card without a cable',
    { type: '1\n', speed: '-1\n', carrier: '0\n', 'device/vendor': '' },
    {
      ...{ kind: 'cable', hasLink: false },
    },
  ],
] as const)('%s', (_what, files, facts) => {
  expect(readCard('x', card(files))).toEqual(facts)
})

test('an interface that is not there has no facts', () => {
  expect(readCard('y', card({ type: '1' }))).toBeUndefined()
})
