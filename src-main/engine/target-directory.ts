import { clientNameOf } from '../boot/names.ts'
import type { ClientRegistry } from '../clients/registry.ts'
import type { DiskRecord } from '../disks/disk-record.ts'
import type { LoginIdentity, SessionView, Target, TargetDirectory } from '../iscsi/target.ts'
import type { Access } from './access.ts'
import type { LogicalUnit } from '../scsi/logical-unit.ts'
import type { DiskLibrary } from './disks/library.ts'

const SECOND_LUN = 1
const MEDIUM_LUN = 2

interface Around {
  sessions(): readonly SessionView[]
  /** Something that must be done to the disk before this login. */
  before(disk: DiskRecord, targetName: string, who: LoginIdentity): Promise<void> | undefined
  /** Name of the disk that goes with a system disk. */
  secondDiskOf(disk: string): string | undefined
  readonly access: Pick<Access, 'credentials' | 'refusal'>
  /** The CD drive with the medium that the PC of this disk installs from, or a promise while it is being prepared. */
  mediumDriveOf(disk: DiskRecord): LogicalUnit | undefined | Promise<void>
  /** The target that has nothing but the medium of the PC whose system disk this is. */
  mediumTargetOf?(disk: DiskRecord): string | undefined
}

/** Which disks there are for whom. Two PCs that write to one disk destroy it, so a second machine is refused while the
 *  first is at work; the same machine comes again under another name when its system has one of its own. */
export function targetDirectory(
  disks: Pick<DiskLibrary, 'openedNames' | 'opened' | 'heldBecause' | 'unitBeside'>,
  around: Around,
): TargetDirectory {
  const all = () => disks.openedNames().map((name) => disks.opened(name)!)
  return {
    credentials: (who) => around.access.credentials(who.initiatorName),
    find(targetName, who) {
      const wanted = targetName.toLowerCase()
      const disk = all().find((d) => d.target.name === wanted)
      const withMedium = disk ? undefined : all().find((d) => around.mediumTargetOf?.(d.record) === wanted)
      if (withMedium) return mediumOf(withMedium.record, wanted, who)
      if (!disk) return { ok: false, reason: 'notFound', text: `there is no disk behind the target name ${targetName}` }
      const { name } = disk.record
      const refusal = around.access.refusal(name, who.initiatorName)
      if (refusal !== undefined) return { ok: false, reason: 'notAllowed', text: refusal }
      const ready = around.before(disk.record, disk.target.name, who)
      if (ready) return { ok: false, reason: 'wait', ready }
      const held = disks.heldBecause(name)
      if (held !== undefined) return { ok: false, reason: 'unavailable', text: held }
      const other = disk.device.readOnly
        ? undefined
        : around
            .sessions()
            .find(
              (s) =>
                s.targetName === disk.target.name &&
                s.initiatorName !== who.initiatorName &&
                s.remoteAddress !== who.remoteAddress,
            )
      if (other) {
        const user = clientNameOf(other.initiatorName) ?? other.initiatorName
        return { ok: false, reason: 'unavailable', text: `${user} (${other.remoteAddress}) is using this disk` }
      }
      const drive = around.mediumDriveOf(disk.record)
      if (drive instanceof Promise) return { ok: false, reason: 'wait', ready: drive }
      const target = withSecond(disk.target, name)
      return { ok: true, target: drive ? { ...target, luns: new Map([...target.luns, [MEDIUM_LUN, drive]]) } : target }
    },
    list: (who) =>
      all()
        .filter((d) => around.access.refusal(d.record.name, who.initiatorName) === undefined)
        .flatMap((d) => {
          const medium = around.mediumTargetOf?.(d.record)
          return medium === undefined ? [d.target.name] : [d.target.name, medium]
        }),
  }

  /** Read-only, so it needs no owner; it is for whom the disk is. */
  function mediumOf(record: DiskRecord, name: string, who: LoginIdentity): ReturnType<TargetDirectory['find']> {
    const refusal = around.access.refusal(record.name, who.initiatorName)
    if (refusal !== undefined) return { ok: false, reason: 'notAllowed', text: refusal }
    const drive = around.mediumDriveOf(record)
    if (drive instanceof Promise) return { ok: false, reason: 'wait', ready: drive }
    if (!drive) return { ok: false, reason: 'unavailable', text: 'the installation medium cannot be read' }
    return { ok: true, target: { name, alias: `Medium of ${record.name}`, luns: new Map([[0, drive]]) } }
  }

  /** A second disk that cannot be used at the moment must not keep the PC from starting. */
  function withSecond(target: Target, name: string): Target {
    const second = around.secondDiskOf(name)
    const unit =
      second === undefined || disks.heldBecause(second) !== undefined ? undefined : disks.unitBeside(name, second)
    return unit ? { ...target, luns: new Map([...target.luns, [SECOND_LUN, unit]]) } : target
  }
}

/** The ISO that the PC whose system disk this is sees as a CD drive while it installs. */
export function mediumDriveOf(registry: Pick<ClientRegistry, 'usersOf'>, disk: string): string | undefined {
  const client = registry.usersOf(disk).find((c) => c.disk === disk)
  return client?.stage === 'install' ? client.mediumDrive : undefined
}

/** The second disk of the PC whose system disk this is. */
export function secondDiskOf(registry: Pick<ClientRegistry, 'usersOf'>, disk: string): string | undefined {
  return registry.usersOf(disk).find((client) => client.disk === disk)?.secondDisk
}
