import type { Clock } from '../../base/clock.ts'
import type { BootObservation } from '../../boot/boot-planner.ts'
import type { ScriptDesk } from '../../boot/client-script.ts'
import type { LiveBoard } from '../../clients/live-board.ts'
import { NextBoots } from '../../clients/next-boot.ts'
import type { ClientRegistry } from '../../clients/registry.ts'
import type { TimelineEvent } from '../../clients/client.ts'
import type { ServedInterface } from '../../platform/interfaces.ts'
import type { BootChoicesBook } from './choices.ts'
import { LeaseSight } from './lease-sight.ts'
import type { MenuPassword } from './menu-password.ts'
import type { OwnScripts } from './own-scripts.ts'

/** What a PC is told beyond its own set-up: this start's stage, menu, maintenance, own scripts, and whether its password. */
export class BootDesk implements ScriptDesk {
  readonly #choices: BootChoicesBook
  readonly #password: MenuPassword
  readonly #leases: LeaseSight
  readonly #next: NextBoots
  readonly #scripts: OwnScripts
  readonly #board: LiveBoard
  readonly #served: Pick<ServedInterface, 'address' | 'netmask'>

  constructor(o: {
    registry: ClientRegistry
    board: LiveBoard
    choices: BootChoicesBook
    password: MenuPassword
    scripts: OwnScripts
    served: ServedInterface
    /** Whether we hear which address a PC takes. */
    seesDhcp: () => boolean
    clock: Clock
  }) {
    this.#choices = o.choices
    this.#password = o.password
    this.#scripts = o.scripts
    this.#board = o.board
    this.#served = o.served
    this.#leases = new LeaseSight(o.clock, o.seesDhcp)
    this.#next = new NextBoots(o.registry, o.clock, ({ mac, stage: usual }, stage) =>
      o.board.record({
        mac,
        type: 'nextBoot',
        text: `Its one start for ${stage} is used up; its next start is for ${usual} again.`,
        data: { stage, usual },
      }),
    )
  }

  readonly stageFor: ScriptDesk['stageFor'] = (client, platform) => this.#next.stageFor(client, platform)
  readonly menu: ScriptDesk['menu'] = () => this.#choices.menu
  readonly opensMenu: ScriptDesk['opensMenu'] = (password, ip) => this.#password.is(password, ip)
  readonly maintenance: ScriptDesk['maintenance'] = () => this.#choices.maintenance
  readonly mayTell: ScriptDesk['mayTell'] = ({ mac }, ip, what) =>
    what === 'answers'
      ? this.#isAt(mac, ip, 'Its answer file for Windows was asked for from', 'and was not given')
      : this.#isAt(mac, ip, 'Its start script was asked for from', 'and was not given with its password')
  /** The same of its user-data, which may hold passwords. */
  mayHaveUserData(mac: string, ip: string | undefined): boolean {
    return this.#isAt(mac, ip, 'Its user-data were asked for from', 'and were not given')
  }
  #isAt(mac: string, ip: string | undefined, asked: string, withheld: string): boolean {
    if (this.#leases.isAt(mac, ip)) return true
    const known = this.#leases.of(mac)
    const why =
      known === undefined
        ? 'this PC was not seen to take an address lately'
        : `this PC was last seen to take the address ${known}`
    this.#board.record({
      mac,
      type: 'passwordWithheld',
      text: `${asked} ${ip ?? 'an unknown address'} ${withheld}: ${why}.`,
      data: { ...(ip !== undefined && { ip }), ...(known !== undefined && { known }) },
    })
    return false
  }
  readonly onLink: ScriptDesk['onLink'] = (ip) =>
    ip === undefined || sameNetwork(ip, this.#served.address, this.#served.netmask)
  readonly ownScript: ScriptDesk['ownScript'] = ({ mac, name, ownScripts }, uuid) =>
    ownScripts === 'ignore' ? undefined : this.#scripts.scriptFor({ mac, name, uuid })
  readonly ownMenu: ScriptDesk['ownMenu'] = () => this.#scripts.menu()

  /** What the boot services saw. */
  observe(what: BootObservation): void {
    if (what.type === 'address') this.#leases.took(what.mac, what.ip)
    else if (what.type === 'report') this.#next.reported(what.mac, what.stage)
    else if (what.type === 'seen' && !what.isIpxe)
      this.#next.seen(what.mac, `${what.arch ?? ''} ${what.vendorClass?.split(':')[0] ?? ''}`)
  }

  /** What was told of a PC. */
  heard(event: Pick<TimelineEvent, 'mac' | 'type'>): void {
    if (event.type === 'systemLogin') this.#next.running(event.mac)
  }
}

function sameNetwork(a: string, b: string, mask: string): boolean {
  const number = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) >>> 0
  return (number(a) & number(mask)) === (number(b) & number(mask))
}
