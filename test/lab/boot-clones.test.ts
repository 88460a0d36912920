import { expect, test } from 'vitest'
import type { ClientView, DiskView, Snapshot } from '../../src-main/api/dto.ts'
import { sha256Of } from './support/files.ts'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import type { Pc, PcOptions } from './support/qemu.ts'
import { SmallDisk } from './support/small-disk.ts'

/** Two PCs from one image: each with writes of its own, one kept and taken back, one reset at every start; and the host's disk
 *  full under them. */

const FIRST = { name: 'clone-1', mac: '52:54:00:0b:50:01', firmware: 'seabios', nic: 'virtio', rom: 'ipxe' } as const
const SECOND = { name: 'clone-2', mac: '52:54:00:0b:50:02', firmware: 'seabios', nic: 'virtio', rom: 'ipxe' } as const
const PCS: readonly PcOptions[] = [FIRST, SECOND]
const IMAGE = 'debian'
const UP = /LAB-MARKER up (.*)\n/
const MIB = 2 ** 20

const pcs = new Map<string, Pc>()
const pcOf = (options: PcOptions): Pc => pcs.get(options.name)!
let small: SmallDisk
let imageHash: string

async function switchOn(lab: Lab): Promise<void> {
  small = await SmallDisk.mount(12 * 1024 * MIB)
  lab.afterwards(() => small.remove())
  lab.dataDir = `${small.path}/data`
  const product = await lab.startProduct()
  await product.verb('disk', 'import', lab.images.disk, '--name', IMAGE)
  await product.verb('disk', 'seal', IMAGE)
  imageHash = await sha256Of((await product.verb<DiskView>('disk', 'show', IMAGE)).file)
  await product.verb('disk', 'clone', IMAGE, ...PCS.map((pc) => pc.name))
  await product.verb('disk', 'create', 'games', '--size', '1G')
  for (const { name, mac } of PCS) await product.verb('client', 'add', mac, '--name', name, '--disk', name)
  await product.verb('client', 'set', FIRST.name, '--second-disk', 'games')
}

/** Starts PCs and waits for their systems. */
async function boot(lab: Lab, ...which: readonly PcOptions[]): Promise<void> {
  for (const options of which) pcs.set(options.name, await lab.startPc(options))
  await Promise.all(
    which.map(async (options) => {
      const pc = pcOf(options)
      await pc.console.waitFor(UP, WITHIN_MS.system)
      await pc.shell.ready(WITHIN_MS.command)
    }),
  )
}
async function shutDown(lab: Lab, ...which: readonly PcOptions[]): Promise<void> {
  for (const options of which) {
    const pc = pcOf(options)
    pc.shell.send('sync; systemctl poweroff')
    await pc.console.waitFor(/reboot: Power down|Power off/i, WITHIN_MS.command)
    await pc.off()
  }
  for (const { name } of which) {
    await expect
      .poll(async () => (await lab.product.verb<DiskView>('disk', 'show', name)).sessions, { timeout: 120_000 })
      .toBe(0)
  }
}
const fileOn = (options: PcOptions, path: string): Promise<string> =>
  pcOf(options).shell.must(`cat ${path} 2>/dev/null || echo none`)

describeLab('two PCs from clones of one image', switchOn, (lab) => {
  test('both start at once, and write different things', async () => {
    await boot(lab(), ...PCS)
    await Promise.all(PCS.map((pc) => pcOf(pc).shell.must(`echo "first of ${pc.name}" >/root/mine && sync`)))
    for (const pc of PCS) expect(await fileOn(pc, '/root/mine')).toBe(`first of ${pc.name}`)
  })

  test('a PC that keeps nothing starts from the image, one with a restore point goes on', async () => {
    await shutDown(lab(), ...PCS)
    const { product } = lab()
    await product.verb('disk', 'snapshot', FIRST.name, '--note', 'first')
    await product.verb('client', 'set', SECOND.name, '--keep', 'never')
    await boot(lab(), ...PCS)
    expect(await fileOn(FIRST, '/root/mine')).toBe(`first of ${FIRST.name}`)
    expect(await fileOn(SECOND, '/root/mine')).toBe('none')
    await pcOf(FIRST).shell.must('echo second >/root/mine && sync')
    const second = await product.verb<ClientView>('client', 'show', SECOND.name)
    expect(second).toMatchObject({ keep: 'never', live: { stage: 'running' } })
  })

  test('when the host is full the PC sees errors, nothing it was told is safe is lost, and it goes on afterwards', async () => {
    const { shell } = pcOf(FIRST)
    const disk = await shell.must('readlink -f /dev/disk/by-path/*-lun-1')
    // Each round is acknowledged by the disk itself: written past the cache, then SYNCHRONIZE CACHE.
    await shell.must(`
cat >/run/fill <<'END'
while [ "$(cat /run/n)" -lt $1 ]; do
  n=$(cat /run/n)
  head -c 1048576 /dev/urandom >/run/block
  dd if=/run/block of=${disk} bs=1M seek=$n oflag=direct conv=notrunc,fsync 2>/run/why || exit 1
  echo "$n $(sha256sum </run/block | cut -d' ' -f1)" >>/run/written
  echo $((n + 1)) >/run/n
done
END
echo 0 >/run/n; : >/run/written; bash /run/fill 8`)
    await small.fill(24 * MIB)
    const full = await shell.run('bash /run/fill 200; cat /run/n /run/why', WITHIN_MS.command)
    expect(full.output).toMatch(/No space left on device|Input\/output error/)
    const [reached] = full.output.split('\n').map(Number)
    expect(reached).toBeGreaterThanOrEqual(8)
    expect(reached).toBeLessThan(60)
    const status = await lab().product.verb<Snapshot>('status')
    expect(status.warnings.map((w) => w.code)).toContain('disk.filling95')
    expect(await shell.must('dmesg')).toMatch(/critical space allocation error|I\/O error/)

    small.empty()
    await shell.must('bash /run/fill 60', WITHIN_MS.command)
    const verify = `echo 3 >/proc/sys/vm/drop_caches; while read n sum; do
      [ "$(dd if=${disk} bs=1M skip=$n count=1 iflag=direct 2>/dev/null | sha256sum | cut -d' ' -f1)" = "$sum" ] || { echo "block $n is lost"; exit 1; }
    done </run/written; wc -l </run/written`
    expect(await shell.must(verify, WITHIN_MS.command)).toBe('60')
    expect(await lab().product.verb<DiskView>('disk', 'show', 'games')).toMatchObject({ health: 'ok' })
  })

  test('going back gives the restore point, the image is unchanged by a byte, and every disk is in order', async () => {
    await shutDown(lab(), ...PCS)
    const { product } = lab()
    await product.verb('disk', 'revert', FIRST.name)
    await boot(lab(), FIRST)
    expect(await fileOn(FIRST, '/root/mine')).toBe(`first of ${FIRST.name}`)
    await shutDown(lab(), FIRST)
    await product.verb('disk', 'reset', FIRST.name)
    expect((await product.verb<DiskView>('disk', 'show', FIRST.name)).restorePoints.map((p) => p.note)).toEqual([
      'first',
      'before going back to “first”',
      `before the reset to ${IMAGE}`,
    ])
    expect(await sha256Of((await product.verb<DiskView>('disk', 'show', IMAGE)).file)).toBe(imageHash)
    for (const name of [IMAGE, 'games', ...PCS.map((pc) => pc.name)]) await product.verb('disk', 'check', name)
  })
})
