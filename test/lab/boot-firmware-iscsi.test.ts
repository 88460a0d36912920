import { expect, test } from 'vitest'
import type { ClientSecret } from '../../src-main/api/dto.ts'
import { FirmwareSetup, KEY } from './support/firmware-setup.ts'
import { describeLab, type Lab, WITHIN_MS } from './support/lab.ts'
import { LAB } from './support/network.ts'
import type { Pc } from './support/qemu.ts'

/** No loader at all: EDK2's own initiator, set up by hand as its owner would, with a password. */

const PC = { name: 'pc-fw', mac: '52:54:00:0b:d0:01', firmware: 'ovmf', nic: 'virtio', rom: 'none' } as const
const TARGET = 'iqn.2026-11.app.bootlace:pc-fw'
const INITIATOR = 'iqn.2026-11.app.bootlace:client.pc-fw'

let secret: ClientSecret

async function prepare(lab: Lab): Promise<void> {
  const product = await lab.startProduct()
  await product.verb('disk', 'import', lab.images.disk, '--name', PC.name)
  await product.verb('client', 'add', PC.mac, '--name', PC.name, '--disk', PC.name, '--chap', 'on')
  secret = await product.verb<ClientSecret>('client', 'secret', PC.name)
}

describeLab(
  'the firmware is its own initiator',
  prepare,
  (lab) => {
    let pc: Pc
    let setup: FirmwareSetup

    test('its setup takes name, disk and password', async () => {
      pc = await lab().startPc(PC)
      setup = new FirmwareSetup(pc.console)
      await setup.enter()
      await setup.open(/take you to the Device Manager/, /iSCSI Configuration/)
      await setup.open(/iSCSI/, /iSCSI Initiator Name/)
      await setup.fill(/worldwide unique name of iSCSI Initiator/, INITIATOR)
      await setup.open(/Attempt/, /MAC/)
      await setup.open(/PFA: Bus/, /iSCSI Mode/)
      await setup.choose(/Disabled, Enabled/, 1)
      expect(setup.screen()).toMatch(/iSCSI Mode +<Enabled>/)
      await setup.goTo(/Enable DHCP/)
      await setup.press(KEY.space)
      await setup.fill(/unique name of the target/, TARGET)
      await setup.fill(/Enter Target address/, LAB.server)
      await setup.fill(/^CHAP Name/, secret.username)
      await setup.fill(/minimum length/, secret.password)
      // It is saved when the page before is back.
      await setup.open(/Must reboot system/, /PFA: Bus/)
    })

    test('after a reset it logs in, and Debian starts from its disk', async () => {
      await pc.reset()
      await setup.enter()
      await setup.open(/take you to the Boot Manager/, /UEFI BOOTLACE VIRTUAL DISK/)
      await setup.goTo(/CHAP_UNI/)
      const from = pc.console.mark()
      await setup.press(KEY.enter)
      const [, report] = await pc.console.waitFor(/LAB-MARKER up (.*)\n/, WITHIN_MS.system, from)
      expect(report).toContain(`boot=1 platform=efi `)
      expect(report).toContain(` initiator=${INITIATOR} session=${INITIATOR} target=${TARGET}`)
      await pc.off()
    })
  },
  { untold: true },
)
