import type { Catalogue } from '../catalogue.ts'
import { access } from './access.ts'
import { clients } from './clients.ts'
import { dhcp } from './dhcp.ts'
import { diskPassword } from './disk-password.ts'
import { disks } from './disks.ts'
import { files } from './files.ts'
import { frame } from './frame.ts'
import { help } from './help.ts'
import { identity } from './identity.ts'
import { iso } from './iso.ts'
import { kits } from './kits.ts'
import { medium } from './medium.ts'
import { services } from './services.ts'
import { settings } from './settings.ts'
import { setup } from './setup.ts'
import { start } from './start.ts'
import { windowsAnswers } from './windows-answers.ts'
import { windowsMedia } from './windows-media.ts'
import { wizard } from './wizard.ts'
import { windowsInstall } from './windows-install.ts'
import { words } from './words.ts'

/** German, one file for each part of the window. People are addressed as "Sie". */
export const de: Catalogue = {
  ...frame,
  ...words,
  ...files,
  ...help,
  ...wizard,
  ...setup,
  ...settings,
  ...clients,
  ...identity,
  ...diskPassword,
  ...start,
  ...disks,
  ...iso,
  ...kits,
  ...windowsMedia,
  ...access,
  ...services,
  ...dhcp,
  ...medium,
  ...windowsInstall,
  ...windowsAnswers,
}
