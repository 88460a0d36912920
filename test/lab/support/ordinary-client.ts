import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Network } from './network.ts'
import { run } from './process.ts'

/** Everything a plain DHCP client learnt, by the names udhcpc gives: ip, mask, router, dns, lease, siaddr, boot_file … */
export type Lease = Readonly<Record<string, string>>

/** Gets a lease as an ordinary computer does (no option 60), on the `plain` namespace's card. */
export async function takeLease(network: Network): Promise<Lease> {
  const answer = join(network.dir, 'lease')
  const script = join(network.dir, 'on-lease')
  rmSync(answer, { force: true })
  writeFileSync(script, `#!/bin/sh\n[ "$1" = bound ] && env >'${answer}'\nexit 0\n`)
  chmodSync(script, 0o755)
  // Quits with the lease (-q), gives it back (-R), never goes to the background (-f), gives up without one (-n).
  const client = ['udhcpc', '-i', 'eth0', '-f', '-q', '-R', '-n', '-t', '8', '-T', '2', '-s', script]
  await run(network.inside('plain', ['env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', ...client]))
  const shells = ['PATH', 'PWD', 'OLDPWD', 'SHLVL', '_']
  const pairs = readFileSync(answer, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(/=(.*)/s, 2) as [string, string])
  return Object.fromEntries(pairs.filter(([name]) => !shells.includes(name)))
}

/** The card's hardware address. */
export async function ordinaryMac(network: Network): Promise<string> {
  return (await run(network.inside('plain', ['cat', '/sys/class/net/eth0/address']))).trim()
}
