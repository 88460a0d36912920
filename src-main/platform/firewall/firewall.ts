import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { parseIptablesSave } from './iptables-save.ts'
import { parseNftRuleset } from './nft-ruleset.ts'
import type { Table } from './rules.ts'

/** What people manage their firewall with. */
export type FirewallTool = 'ufw' | 'firewalld'

/** The packet filter of this computer, as far as it can be read. */
export interface Firewall {
  readonly tool?: FirewallTool
  /** Absent: the rules cannot be read, because of `why`. */
  readonly tables?: readonly Table[]
  readonly why?: string
}

/** A filter of a thousand rules is printed in well under this. */
const LIMIT_MS = 3000

export async function readFirewall(): Promise<Firewall> {
  const tool = findTool()
  const base = tool === undefined ? {} : { tool }
  if (process.platform !== 'linux') return { ...base, why: 'this system does not tell programs its rules' }
  const [nft, iptables] = await Promise.all([
    output('nft', ['-j', 'list', 'ruleset']),
    output('iptables-save', ['-t', 'filter']),
  ])
  if (nft.text === undefined && iptables.text === undefined) return { ...base, why: nft.why ?? iptables.why ?? '' }
  try {
    return {
      ...base,
      tables: [
        ...(nft.text === undefined ? [] : parseNftRuleset(nft.text, { skipXtables: iptables.text !== undefined })),
        ...(iptables.text === undefined ? [] : [parseIptablesSave(iptables.text)]),
      ],
    }
  } catch (thrown) {
    return { ...base, why: `its rules could not be understood: ${(thrown as Error).message}` }
  }
}

function findTool(): FirewallTool | undefined {
  try {
    if (/^ENABLED=yes$/m.test(readFileSync('/etc/ufw/ufw.conf', 'utf8'))) return 'ufw'
  } catch {
    // Not installed.
  }
  return existsSync('/run/firewalld.pid') || existsSync('/run/firewalld') ? 'firewalld' : undefined
}

function output(program: string, args: readonly string[]): Promise<{ text?: string; why?: string }> {
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C' }
  return new Promise((resolve) => {
    execFile(program, args, { env, timeout: LIMIT_MS, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (!error) resolve({ text: stdout })
      else if (error.code === 'ENOENT') resolve({ why: `the program ${program} is not installed` })
      else resolve({ why: `${program} says: ${stderr.trim().split('\n')[0] || error.message}` })
    })
  })
}
