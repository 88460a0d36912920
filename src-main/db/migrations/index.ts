import { first } from './0010-first.ts'
import { sealedDisks } from './0020-sealed-disks.ts'
import { diskLife } from './0030-disk-life.ts'
import { groups } from './0040-groups.ts'
import { reservations } from './0070-reservations.ts'
import { clientAccess } from './0080-client-access.ts'
import { bootPaths } from './0090-boot-paths.ts'
import { dhcpLeases } from './0100-dhcp-leases.ts'
import { bootChoices } from './0110-boot-choices.ts'
import { initiatorNames } from './0120-initiator-names.ts'
import { identities } from './0131-identities.ts'
import { windowsDrivers } from './0133-windows-drivers.ts'
import { installAnswers } from './0136-install-answers.ts'
import type { Migration } from './migration.ts'

/** In order; a released step never changes. */
export const migrations: readonly Migration[] = [
  first,
  sealedDisks,
  diskLife,
  groups,
  reservations,
  clientAccess,
  bootPaths,
  dhcpLeases,
  bootChoices,
  initiatorNames,
  identities,
  windowsDrivers,
  installAnswers,
]
