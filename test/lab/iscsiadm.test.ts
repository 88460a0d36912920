import { expect, test } from 'vitest'
import type { ClientSecret } from '../../src-main/api/dto.ts'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import { LAB } from './support/network.ts'
import type { Pc, PcOptions } from './support/qemu.ts'

/** Passwords with real initiators: two PCs that start with one, and open-iscsi in a running Debian. */

const PREFIX = 'iqn.2026-11.app.bootlace:'
const PORTAL = `${LAB.server}:3260`
const UP = /LAB-MARKER up (.*)\n/

const PCS = [
  { name: 'pc-bios', mac: '52:54:00:0b:c0:01', firmware: 'seabios', nic: 'virtio', rom: 'ipxe', chap: 'mutual' },
  { name: 'pc-uefi', mac: '52:54:00:0b:c0:02', firmware: 'ovmf', nic: 'virtio', rom: 'none', chap: 'on' },
] as const satisfies readonly (PcOptions & { readonly chap: string })[]

/** Names under which the running Debian logs in to disks of their own. */
const GUESTS = [
  { name: 'guest-1', mac: '52:54:00:0b:c1:01', chap: 'on' },
  { name: 'guest-2', mac: '52:54:00:0b:c1:02', chap: 'mutual' },
] as const

const pcs: Pc[] = []
const secrets = new Map<string, ClientSecret>()

async function switchOn(lab: Lab): Promise<void> {
  const product = await lab.startProduct()
  await product.verb('disk', 'import', lab.images.disk, '--name', 'debian')
  await product.verb('disk', 'seal', 'debian')
  await product.verb('disk', 'clone', 'debian', ...PCS.map((pc) => pc.name))
  for (const { name, mac, chap } of [...PCS, ...GUESTS]) {
    if (name.startsWith('guest')) await product.verb('disk', 'create', name, '--size', '128M')
    await product.verb('client', 'add', mac, '--name', name, '--disk', name, '--chap', chap)
    secrets.set(name, await product.verb<ClientSecret>('client', 'secret', name))
  }
  for (const options of PCS) pcs.push(await lab.startPc(options))
}

/** Sets values of one of open-iscsi's records. */
const settings = (record: string, values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `iscsiadm ${record} -o update -n '${name}' -v '${value}' >/dev/null`)
    .join('\n')

/** The words of open-iscsi for a password, in a record that begins with `prefix`. */
const auth = (prefix: string, s: ClientSecret): Record<string, string> => ({
  [`${prefix}.auth.authmethod`]: 'CHAP',
  [`${prefix}.auth.username`]: s.username,
  [`${prefix}.auth.password`]: s.password,
  ...(s.reverseUsername !== undefined && {
    [`${prefix}.auth.username_in`]: s.reverseUsername,
    [`${prefix}.auth.password_in`]: s.reversePassword!,
  }),
})

describeLab('open-iscsi and passwords', switchOn, (lab) => {
  const onBoth = (work: (pc: Pc, options: (typeof PCS)[number]) => Promise<void>) =>
    Promise.all(pcs.map((pc, i) => work(pc, PCS[i]!)))
  const guest = (): Pc => pcs[0]!
  const secretOf = (name: string): ClientSecret => secrets.get(name)!
  const node = (name: string): string => `-m node -T ${PREFIX}${name} -p ${PORTAL} -I ${name}`
  /** Block device of a disk that is logged in to. */
  const deviceOf = (name: string): string => `/dev/disk/by-path/ip-${PORTAL}-iscsi-${PREFIX}${name}-lun-0`
  const sessionsOf = async (name: string): Promise<number> =>
    (await lab().product.verb<{ sessions: number }>('disk', 'show', name)).sessions

  test('PCs start with their password: loader, iBFT, initramfs and system', async () => {
    await onBoth(async (pc, { name, chap }) => {
      const [, report = ''] = await pc.console.waitFor(UP, WITHIN_MS.system)
      expect(report).toContain(`initiator=${PREFIX}client.${name} `)
      await pc.shell.ready(WITHIN_MS.command)
      const own = secretOf(name)
      const ibft = await pc.shell.must('cd /sys/firmware/ibft/target0; cat chap-name chap-secret')
      expect(ibft).toBe(`${own.username}\n${own.password}`)
      const reverse = await pc.shell.run('cd /sys/firmware/ibft/target0; cat rev-chap-name rev-chap-name-secret')
      if (chap === 'mutual') expect(reverse.output.trim()).toBe(`${own.reverseUsername}\n${own.reversePassword}`)
      else expect(reverse.code).not.toBe(0)
    })
    for (const { name } of PCS) {
      const { live } = await lab().product.verb<{ live: { stage: string } }>('client', 'show', name)
      expect(live.stage).toBe('running')
    }
  })

  test('they come back to their disks after the engine was killed', async () => {
    await onBoth(async (pc) => {
      await pc.shell.must(
        'until iscsiadm -m session -P 1 | grep -q "Session State: NO CHANGE"; do sleep 0.5; done',
        180_000,
      )
    })
    await lab().product.kill()
    await lab().startProduct()
    await onBoth(async (pc) => {
      await pc.shell.must(
        'echo 3 >/proc/sys/vm/drop_caches; dd if=/dev/urandom of=/root/after bs=64k count=8 conv=fsync 2>/dev/null; sync',
        WITHIN_MS.command,
      )
      const kernel = await pc.shell.must('dmesg')
      expect(kernel).toMatch(/connection1:0: detected conn error/)
      expect(kernel).not.toMatch(/I\/O error|Remounting filesystem read-only|EXT4-fs error/)
    })
    // The other one has done its part, and the processors are few.
    await pcs[1]!.off()
  })

  test('discovery: each name finds its own disk with its password, and nothing without', async () => {
    for (const { name } of GUESTS) {
      const db = `-m discoverydb -t st -p ${PORTAL} -I ${name}`
      const found = await guest().shell.must(`
        iscsiadm -m iface -I ${name} -o new >/dev/null
        ${settings(`-m iface -I ${name}`, { 'iface.initiatorname': `${PREFIX}client.${name}` })}
        if iscsiadm ${db} --discover >/dev/null 2>&1; then echo "found without a password"; exit 1; fi
        iscsiadm -m discoverydb -t st -p ${PORTAL} -o new >/dev/null
        ${settings(`-m discoverydb -t st -p ${PORTAL}`, auth('discovery.sendtargets', secretOf(name)))}
        iscsiadm ${db} --discover
        iscsiadm -m discoverydb -t st -p ${PORTAL} -o delete >/dev/null 2>&1 || true
      `)
      const targets = [...found.matchAll(new RegExp(`${PREFIX}(\\S+)`, 'g'))].map((m) => m[1]!)
      expect(targets.sort()).toEqual(['debian', name].sort())
    }
  })

  test.each(GUESTS)('$name logs in with its password, and with no other', async ({ name, chap }) => {
    const own = secretOf(name)
    const wrong = { ...own, password: 'wrongwrongwrong1' }
    const refused = await guest().shell.run(`
      iscsiadm ${node(name)} -o new >/dev/null
      ${settings(node(name), { ...auth('node.session', wrong), 'node.session.initial_login_retry_max': '1' })}
      iscsiadm ${node(name)} --login
    `)
    // ISCSI_ERR_LOGIN_AUTH_FAILED
    expect(refused).toMatchObject({ code: 24 })
    expect(await sessionsOf(name)).toBe(0)
    if (chap === 'mutual') {
      const liar = { ...own, reversePassword: 'wrongwrongwrong2' }
      const disbelieved = await guest().shell.run(`
        ${settings(node(name), auth('node.session', liar))}
        iscsiadm ${node(name)} --login
      `)
      expect(disbelieved.code).not.toBe(0)
    }
    await guest().shell.must(`
      ${settings(node(name), {
        ...auth('node.session', own),
        'node.conn[0].iscsi.HeaderDigest': 'CRC32C',
        'node.conn[0].iscsi.DataDigest': 'CRC32C',
      })}
      iscsiadm ${node(name)} --login
      until [ -b ${deviceOf(name)} ]; do sleep 0.2; done
    `)
    expect(await sessionsOf(name)).toBe(1)
    const session = await guest().shell.must(`iscsiadm -m session -P 2 | sed -n '/Target: ${PREFIX}${name} /,$p'`)
    expect(session).toMatch(/HeaderDigest: CRC32C/)
    expect(session).toMatch(/DataDigest: CRC32C/)
    expect(session).toContain(`username: ${own.username}`)
  })

  test.each(GUESTS)('$name writes and reads back every byte under digests (fio)', async ({ name }) => {
    const report = await guest().shell.must(
      `
      # It takes a colon for the end of a name.
      fio --name=verify --filename="$(readlink -f ${deviceOf(name)})" --direct=1 --ioengine=libaio --iodepth=16 --rw=randwrite \
        --bssplit=4k/50:64k/30:512k/20 --size=96m --randrepeat=0 --norandommap=0 \
        --verify=crc32c --do_verify=1 --verify_fatal=1 --output-format=json
      `,
      600_000,
    )
    const { jobs } = JSON.parse(report.slice(report.indexOf('{'))) as {
      jobs: { error: number; write: { io_bytes: number }; read: { io_bytes: number } }[]
    }
    expect(jobs).toHaveLength(1)
    expect(jobs[0]).toMatchObject({ error: 0 })
    // All of it was written, and all of it was read to be checked.
    expect(jobs[0]!.write.io_bytes).toBeGreaterThanOrEqual(90 * 2 ** 20)
    expect(jobs[0]!.read.io_bytes).toBeGreaterThanOrEqual(90 * 2 ** 20)
    const kernel = await guest().shell.must('dmesg')
    expect(kernel).not.toMatch(/digest|I\/O error/i)
  })

  test.each(GUESTS)('$name logs out', async ({ name }) => {
    await guest().shell.must(`iscsiadm ${node(name)} --logout; [ ! -e ${deviceOf(name)} ]`)
    expect(await sessionsOf(name)).toBe(0)
  })

  test("another name, and another PC's password, open nothing", async () => {
    const { code } = await guest().shell.run(`
      iscsiadm -m iface -I stranger -o new >/dev/null
      ${settings('-m iface -I stranger', { 'iface.initiatorname': 'iqn.1993-08.org.debian:01:stranger' })}
      record="-m node -T ${PREFIX}guest-1 -p ${PORTAL} -I stranger"
      iscsiadm $record -o new >/dev/null
      iscsiadm $record -o update -n node.session.initial_login_retry_max -v 1
      iscsiadm $record --login
    `)
    // ISCSI_ERR_LOGIN_AUTH_FAILED: the same for who has no right as for who has no password.
    expect(code).toBe(24)
    const other = await guest().shell.run(`
      iscsiadm ${node('guest-1')} -o new >/dev/null
      ${settings(node('guest-1'), auth('node.session', secretOf('guest-2')))}
      iscsiadm ${node('guest-1')} --login
    `)
    expect(other).toMatchObject({ code: 24 })
    expect(await sessionsOf('guest-1')).toBe(0)
  })
})
