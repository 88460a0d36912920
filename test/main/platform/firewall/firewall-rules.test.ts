import { describe, expect, test } from 'vitest'
import { parseIptablesSave } from '../../../../src-main/platform/firewall/iptables-save.ts'
import { parseNftRuleset } from '../../../../src-main/platform/firewall/nft-ruleset.ts'
import { verdictOf, type ProbePacket } from '../../../../src-main/platform/firewall/rules.ts'

const dhcp: ProbePacket = { interfaceName: 'eth0', protocol: 'udp', port: 67, isBroadcast: true }
const tftp: ProbePacket = { interfaceName: 'eth0', protocol: 'udp', port: 69, isBroadcast: false }
const iscsi: ProbePacket = { interfaceName: 'eth0', protocol: 'tcp', port: 3260, isBroadcast: false }

describe('iptables-save', () => {
  const verdicts = (text: string) => [dhcp, tftp, iscsi].map((p) => verdictOf([parseIptablesSave(text)], p))
  const filter = (policy: string, ...rules: string[]) =>
    ['# x', '*nat', ':INPUT DROP [0:0]', 'COMMIT', '*filter', `:INPUT ${policy} [1:2]`, ...rules, 'COMMIT', ''].join(
      '\n',
    )

  test('a policy decides what no rule does, and other tables do not count', () => {
    expect(verdicts(filter('ACCEPT'))).toEqual(['accept', 'accept', 'accept'])
    expect(verdicts(filter('DROP'))).toEqual(['drop', 'drop', 'drop'])
    expect(verdicts('')).toEqual(['accept', 'accept', 'accept'])
  })
  test('ports, ranges, lists, interfaces and negation', () => {
    expect(
      verdicts(
        filter(
          'DROP',
          '-A INPUT -i lo -j ACCEPT',
          '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
          '-A INPUT -i eth+ -p udp -m udp --dport 60:68 -m comment --comment "boot -j DROP" -j ACCEPT',
          '-A INPUT ! -i wlan0 -p tcp -m multiport --dports 22,3000:4000 -j ACCEPT',
        ),
      ),
    ).toEqual(['accept', 'drop', 'accept'])
    expect(
      verdicts(filter('ACCEPT', '-A INPUT ! -i eth0 -j DROP', '-A INPUT -p tcp -j REJECT --reject-with tcp-reset')),
    ).toEqual(['accept', 'accept', 'drop'])
  })
  test("ufw's chains: a broadcast is not for this host, and user rules open ports", () => {
    const ufw = filter(
      'DROP',
      ':ufw-before-input - [0:0]',
      ':ufw-not-local - [0:0]',
      ':ufw-user-input - [0:0]',
      ':ufw-after-input - [0:0]',
      ':ufw-skip-to-policy-input - [0:0]',
      '-A INPUT -j ufw-before-input',
      '-A INPUT -j ufw-after-input',
      '-A ufw-before-input -i lo -j ACCEPT',
      '-A ufw-before-input -m conntrack --ctstate INVALID -j DROP',
      '-A ufw-before-input -p udp -m udp --sport 67 --dport 68 -j ACCEPT',
      '-A ufw-before-input -j ufw-not-local',
      '-A ufw-before-input -d 224.0.0.251/32 -p udp -m udp --dport 5353 -j ACCEPT',
      '-A ufw-before-input -j ufw-user-input',
      '-A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN',
      '-A ufw-not-local -m addrtype --dst-type MULTICAST -j RETURN',
      '-A ufw-not-local -m addrtype --dst-type BROADCAST -j RETURN',
      '-A ufw-not-local -m limit --limit 3/min --limit-burst 10 -j LOG',
      '-A ufw-not-local -j DROP',
      '-A ufw-user-input -p tcp -m tcp --dport 3260 -j ACCEPT',
      '-A ufw-after-input -p udp -m udp --dport 67 -j ufw-skip-to-policy-input',
      '-A ufw-skip-to-policy-input -j DROP',
    )
    expect(verdicts(ufw)).toEqual(['drop', 'drop', 'accept'])
  })
  test('a condition that is not known makes the answer one that depends', () => {
    expect(verdicts(filter('DROP', '-A INPUT -s 10.0.0.0/8 -j ACCEPT'))).toEqual(['maybe', 'maybe', 'maybe'])
    expect(verdicts(filter('ACCEPT', '-A INPUT -m recent --rcheck -j DROP', '-A INPUT -p tcp -j ACCEPT'))).toEqual([
      'maybe',
      'maybe',
      'maybe',
    ])
    expect(verdicts(filter('DROP', '-A INPUT -s 10.0.0.0/8 -j DROP'))).toEqual(['drop', 'drop', 'drop'])
  })
  test('chains that call each other for ever end in an answer that depends', () => {
    const loop = filter('ACCEPT', ':a - [0:0]', '-A INPUT -j a', '-A a -j a')
    expect(verdicts(loop)).toEqual(['maybe', 'maybe', 'maybe'])
  })
})

describe('nft -j list ruleset', () => {
  const chain = (name: string, more: object = {}) => ({ chain: { family: 'inet', table: 'filter', name, ...more } })
  const input = chain('input', { type: 'filter', hook: 'input', prio: 0, policy: 'drop' })
  const rule = (name: string, ...expr: object[]) => ({ rule: { family: 'inet', table: 'filter', chain: name, expr } })
  const match = (left: object, right: unknown, op = '==') => ({ match: { op, left, right } })
  const meta = (key: string) => ({ meta: { key } })
  const port = (protocol: string) => ({ payload: { protocol, field: 'dport' } })
  const verdicts = (items: object[], skipXtables = false) => {
    const tables = parseNftRuleset(JSON.stringify({ nftables: [{ metainfo: {} }, ...items] }), { skipXtables })
    return [dhcp, tftp, iscsi].map((p) => verdictOf(tables, p))
  }

  test('ports in sets and ranges, interfaces, connection states', () => {
    expect(
      verdicts([
        input,
        rule('input', match({ ct: { key: 'state' } }, ['established', 'related'], 'in'), { accept: null }),
        rule('input', match(meta('iifname'), 'lo'), { accept: null }),
        rule(
          'input',
          match(meta('iifname'), 'eth*'),
          match(port('udp'), { set: [53, 67, { range: [4000, 4100] }] }),
          {
            counter: { packets: 0, bytes: 0 },
          },
          { accept: null },
        ),
        rule('input', match(meta('l4proto'), 'tcp'), match(port('th'), 22, '!='), { accept: null }),
      ]),
    ).toEqual(['accept', 'drop', 'accept'])
  })
  test("firewalld's way: a jump by interface, a goto to the zone, reject at the end", () => {
    expect(
      verdicts([
        chain('input', { type: 'filter', hook: 'input', prio: 10, policy: 'accept' }),
        chain('zones'),
        chain('public'),
        rule('input', { jump: { target: 'zones' } }),
        rule('input', { reject: { type: 'icmpx', expr: 'admin-prohibited' } }),
        rule('zones', match(meta('iifname'), 'eth0'), { goto: { target: 'public' } }),
        rule('public', match(port('tcp'), 3260), match({ ct: { key: 'state' } }, { set: ['new', 'untracked'] }, 'in'), {
          accept: null,
        }),
      ]),
    ).toEqual(['drop', 'drop', 'accept'])
  })
  test('a verdict map is a rule for each of its pairs; one that is kept elsewhere is not known', () => {
    const vmap = (data: unknown) => rule('input', { vmap: { key: meta('l4proto'), data } })
    expect(
      verdicts([
        input,
        vmap({
          set: [
            ['tcp', { accept: null }],
            ['udp', { drop: null }],
          ],
        }),
      ]),
    ).toEqual(['drop', 'drop', 'accept'])
    expect(verdicts([input, vmap('@map')])).toEqual(['maybe', 'maybe', 'maybe'])
  })
  test('every table must let a packet pass; IPv6 alone does not concern us', () => {
    const other = [
      { chain: { family: 'ip', table: 'own', name: 'in', type: 'filter', hook: 'input', policy: 'accept' } },
      { rule: { family: 'ip', table: 'own', chain: 'in', expr: [match(port('udp'), 69), { drop: null }] } },
      { chain: { family: 'ip6', table: 'own', name: 'in', type: 'filter', hook: 'input', policy: 'drop' } },
    ]
    expect(verdicts([chain('input', { type: 'filter', hook: 'input', policy: 'accept' }), ...other])).toEqual([
      'accept',
      'drop',
      'accept',
    ])
  })
  test('tables that iptables made are left to iptables-save where that can be read', () => {
    const xt = [input, rule('input', { xt: { type: 'match', name: 'comment' } }, { accept: null })]
    expect(verdicts(xt)).toEqual(['maybe', 'maybe', 'maybe'])
    expect(verdicts(xt, true)).toEqual(['accept', 'accept', 'accept'])
  })
})
