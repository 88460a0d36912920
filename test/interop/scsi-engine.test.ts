import { createHash, randomFillSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { initiatorNameOf, targetNameOf } from '../../src-main/boot/names.ts'
import { canCompileScsiClient, ScsiClient } from '../support/scsi-client.ts'
import { serveEngine, type ServedEngine } from '../support/served-engine.ts'

/** What libiscsi sees of the engine's targets: reservations that survive the engine, and an ISO as a CD drive. */

const SECTOR = 2048
const possible = canCompileScsiClient()
let folder: string
let client: ScsiClient
let engine: ServedEngine
const url = (disk: string, lun: number): string => `iscsi://${engine.ready.iscsi}/${targetNameOf(disk)}/${lun}`
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

beforeAll(() => {
  if (!possible) return
  folder = mkdtempSync(join(tmpdir(), 'bootlace-scsi-'))
  client = new ScsiClient(folder)
})
afterAll(() => {
  if (possible) rmSync(folder, { recursive: true, force: true })
})
beforeEach(async (context) => {
  if (!possible) return context.skip('gcc and libiscsi-dev are not installed')
  engine = await serveEngine()
  return () => engine.remove()
})

describe('persistent reservations', () => {
  const A = 'iqn.2026-11.app.bootlace:client.a'
  const B = 'iqn.2026-11.app.bootlace:client.b'
  const list = (key: string, newKey: string, flags: string): string =>
    key.padStart(16, '0') + newKey.padStart(16, '0') + '00000000' + flags + '000000'
  const REGISTER = '5f000000000000001800'
  const RESERVE = '5f010300000000001800'
  const TURS = ['none 000000000000', 'none 000000000000']

  test.each([
    ['with APTPL they survive kill -9', '01', true],
    ['without they end with the engine', '00', false],
  ])('%s', async (_what, aptpl, survives) => {
    engine.verb('disk', 'create', 'shared', '--size', '8M')
    const made = client.send(
      url('shared', 0),
      A,
      ...TURS,
      `out ${REGISTER} ${list('0', 'abcdef01', aptpl)}`,
      `out ${RESERVE} ${list('abcdef01', '0', '00')}`,
    )
    expect(made.slice(-2).map((a) => a.status)).toEqual([0, 0])
    const { dataDir } = engine
    await engine.end('SIGKILL')
    engine = await serveEngine(dataDir)
    const [keys, reservation, write] = client
      .send(
        url('shared', 0),
        B,
        ...TURS,
        'in 5e000000000000010000 256',
        'in 5e010000000000010000 256',
        `out 2a000000000000000100 ${'00'.repeat(512)}`,
      )
      .slice(-3)
    expect(keys!.data).toBe(survives ? '00000000' + '00000008' + '00000000abcdef01' : '0000000000000000')
    expect(reservation!.data.slice(16)).toBe(survives ? '00000000abcdef01' + '00000000' + '00030000' : '')
    expect(write!.status).toBe(survives ? 0x18 : 0)
  })
})

describe('an installation medium as a CD drive', () => {
  const MAC = '52:54:00:00:00:07'
  const PC = initiatorNameOf('pc-07')
  // Three quarters of a sector more than whole ones: the last is filled up with zeros.
  const content = randomFillSync(Buffer.alloc(3 * 2 ** 20 + 1536))
  let iso: string

  beforeEach(() => {
    iso = join(folder, 'installer.iso')
    writeFileSync(iso, content)
    engine.verb('disk', 'create', 'pc-07', '--size', '64M')
  })

  test('is LUN 2 while the PC installs, whole, and not afterwards', async () => {
    const added = engine.verb(
      'client',
      'add',
      MAC,
      '--name',
      'pc-07',
      '--disk',
      'pc-07',
      '--stage',
      'install',
      '--medium-drive',
      iso,
    )
    expect(added.json).toMatchObject({ mediumDrive: iso })
    const [, inquiry, luns, capacity, toc, profile] = client.send(
      url('pc-07', 2),
      PC,
      'none 000000000000',
      'in 120000006000 96',
      'in a00000000000000010000000 4096',
      'in 25000000000000000000 8',
      'in 43000000000000001400 20',
      'in 46020000000000000800 8',
    )
    expect(inquiry!.data.slice(0, 4)).toBe('0580')
    expect(luns!.data).toBe('00000010' + '00000000' + '0000000000000000' + '0002000000000000')
    const sectors = Math.ceil(content.length / SECTOR)
    expect(capacity!.data).toBe((sectors - 1).toString(16).padStart(8, '0') + '00000800')
    expect(toc!.data).toBe('0012010100140100000000000014aa00' + sectors.toString(16).padStart(8, '0'))
    expect(profile!.data.slice(12)).toBe('0008')
    const whole = Buffer.alloc(sectors * SECTOR)
    content.copy(whole)
    expect(sha256(client.read(url('pc-07', 2), PC, SECTOR, sectors))).toBe(sha256(whole))
    // The disk beside it is as large and as writable as ever.
    expect(client.send(url('pc-07', 0), PC, 'none 000000000000', 'in 25000000000000000000 8')[1]!.data).toBe(
      '0001ffff' + '00000200',
    )
    engine.verb('client', 'set', 'pc-07', '--stage', 'run')
    expect(client.send(url('pc-07', 0), PC, 'in a00000000000000010000000 4096')[0]!.data).toBe(
      '00000008' + '00000000' + '0000000000000000',
    )
  })
  test('another file under the same name is another disc at the next login', async () => {
    engine.verb('client', 'add', MAC, '--name', 'pc-07', '--disk', 'pc-07', '--stage', 'install', '--medium-drive', iso)
    client.read(url('pc-07', 2), PC, SECTOR, 10)
    const other = randomFillSync(Buffer.alloc(64 * SECTOR))
    writeFileSync(iso, other)
    expect(sha256(client.read(url('pc-07', 2), PC, SECTOR, 64))).toBe(sha256(other))
  })
  test('one that is gone does not keep the PC from its disk; one that never was is refused', async () => {
    engine.verb('client', 'add', MAC, '--name', 'pc-07', '--disk', 'pc-07', '--stage', 'install', '--medium-drive', iso)
    rmSync(iso)
    const answers = client.send(url('pc-07', 0), PC, 'none 000000000000', 'in a00000000000000010000000 4096')
    expect(answers[1]!.data).toBe('00000008' + '00000000' + '0000000000000000')
    expect(engine.verb('client', 'set', 'pc-07', '--medium-drive', iso).code).toBe(1)
    expect(engine.verb('client', 'set', 'pc-07', '--medium-drive', '').json).not.toHaveProperty('mediumDrive')
  })
})
