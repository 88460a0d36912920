import { expect } from 'vitest'
import { type Lab, WITHIN_MS } from './lab.ts'
import type { Pc } from './qemu.ts'

/** Writes 1 MiB at a time past the cache, notes each checksum in RAM, and tells of every round on the console. */
const WRITER = `
mkdir -p /var/lib/lab/io
cat >/run/writer <<'END'
n=0
until [ -e /run/writer-stop ]; do
  n=$((n + 1))
  head -c 1048576 /dev/urandom >/run/block
  dd if=/run/block of=/var/lib/lab/io/$n bs=256k oflag=direct conv=fsync 2>/dev/null || { printf '\\nLAB-MARKER write failed\\n' >/dev/ttyS0; exit 1; }
  echo "$(sha256sum </run/block | cut -d' ' -f1)  /var/lib/lab/io/$n" >>/run/sums
  printf '\\nLAB-MARKER round %d\\n' "$n" >/dev/ttyS0
done
printf '\\nLAB-MARKER writer ended\\n' >/dev/ttyS0
END
rm -f /run/writer-stop /run/sums
setsid bash /run/writer </dev/null >/dev/null 2>&1 &
`
const ROUND = /LAB-MARKER round (\d+)\n/
const ROUNDS = new RegExp(ROUND, 'g')

/** Kills the engine (SIGKILL) while all of these PCs write, starts it again after `awayMs`, and proves that no PC saw an error
 *  and that every byte which a disk had acknowledged is there. The checksums stay in /var/lib/lab/sums. */
export async function outageUnderWrites(lab: Lab, pcs: readonly Pc[], awayMs = 0): Promise<void> {
  const onAll = (work: (pc: Pc) => Promise<void>) => Promise.all(pcs.map(work))
  await onAll(async (pc) => {
    await pc.shell.must(
      'until iscsiadm -m session -P 1 | grep -q "Session State: NO CHANGE"; do sleep 0.5; done',
      180_000,
    )
    await pc.shell.must(WRITER)
    await pc.console.waitFor(/LAB-MARKER round 2\n/, WITHIN_MS.command)
  })
  const marks = new Map(pcs.map((pc) => [pc, pc.console.mark()]))
  const killedAt = Date.now()
  await lab.product.kill()
  if (awayMs > 0) {
    const dead = pcs.map((pc) => ({ pc, mark: pc.console.mark() }))
    await expect.poll(() => Date.now() - killedAt, { timeout: 2 * awayMs, interval: 500 }).toBeGreaterThan(awayMs)
    // One round may have been answered before the end, and one more be on its way to the console.
    for (const { pc, mark } of dead) expect([...pc.console.textSince(mark).matchAll(ROUNDS)].length).toBeLessThan(3)
  }
  const startedAt = Date.now()
  await lab.startProduct()
  expect(Date.now() - startedAt).toBeLessThan(15_000)

  await onAll(async (pc) => {
    // The round under way at the kill may have been answered before it; the second after it was not begun then.
    const [, first] = await pc.console.waitFor(ROUND, WITHIN_MS.command, marks.get(pc))
    const later = new RegExp(`LAB-MARKER round ${Number(first) + 2}\\n`)
    await pc.console.waitFor(later, WITHIN_MS.command, marks.get(pc))
    await pc.shell.must('touch /run/writer-stop')
    await pc.console.waitFor(/LAB-MARKER writer ended\n/, WITHIN_MS.command, marks.get(pc))
    expect(pc.console.textSince(0)).not.toContain('write failed')
    await pc.shell.must('sync; echo 3 >/proc/sys/vm/drop_caches; sha256sum --quiet -c /run/sums', WITHIN_MS.command)
    await pc.shell.must('cp /run/sums /var/lib/lab/sums; sync')
    const kernel = await pc.shell.must('dmesg')
    // Without this the engine's end went unnoticed and the test proved nothing.
    expect(kernel).toMatch(/connection\d+:0: detected conn error/)
    expect(kernel).not.toMatch(/I\/O error|Remounting filesystem read-only|EXT4-fs error/)
  })
}

/** For after a reboot: what was written before the outage and after it. */
export const everythingIsThere = (pc: Pc): Promise<string> =>
  pc.shell.must('sha256sum --quiet -c /var/lib/lab/sums', WITHIN_MS.command)
