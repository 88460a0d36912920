import type { Handlers } from '../../api/contract.ts'
import { AppError } from '../../base/errors.ts'
import { parseMac } from '../../base/units.ts'
import { machineIdOf } from '../../boot/identity.ts'
import { initiatorNameOf } from '../../boot/names.ts'
import { nextNames, parseNamePattern } from '../../clients/name-pattern.ts'
import type { UserDataOf } from '../../clients/stores.ts'
import { parseGroup } from '../../clients/registry.ts'
import { clientView, type Parts } from '../snapshot.ts'
import type { Identities } from './identities.ts'

type IdentityHandlers = Pick<Handlers, 'clientAddMany' | 'clientIdentity' | 'userData' | 'userDataSet'>

/** The calls about what tells PCs of one image apart. */
export function identityHandlers(o: {
  readonly parts: Parts
  readonly identities: Identities
  /** Where boot HTTP answers. */
  http(): string | null
  changed(): void
}): IdentityHandlers {
  const { registry, disks, settings } = o.parts

  const whoseOf = ({ id, image }: { id?: string | undefined; image?: string | undefined }): UserDataOf => {
    if ((id === undefined) === (image === undefined))
      throw new AppError('config.usage', 'user-data are those of a PC or of an image', { hint: 'Name one of them.' })
    return id === undefined ? { family: familyNamed(image!) } : { mac: registry.find(id).mac }
  }
  const familyNamed = (name: string): string => {
    const { image } = disks.findVersion(name)
    if (image) return image.family
    throw new AppError('disk.notSealed', `${name} is no golden image yet`, {
      hint: 'Seal it first, or name a PC instead.',
    })
  }
  const userDataOf = (whose: UserDataOf) => {
    if ('mac' in whose) return o.identities.userDataFor(registry.byMac(whose.mac)!)
    const text = o.identities.userData(whose)
    return text === undefined ? o.identities.usual : { text, from: 'image' as const }
  }

  return {
    async clientAddMany({ macs: typed, pattern, image, group }) {
      const macs = typed.map((mac) => parseMac(mac))
      const twice = macs.find((mac, i) => macs.indexOf(mac) !== i)
      if (twice !== undefined)
        throw new AppError('client.macTaken', `${twice} was given twice`, { hint: 'Give each PC once.' })
      const named = macs.map((mac) => registry.byMac(mac)).find((client) => client !== undefined)
      if (named)
        throw new AppError('client.macTaken', `${named.mac} is already called ${named.name}`, {
          hint: 'Leave it out, or change it with: bootlace client set.',
        })
      const fields = { ...(group !== undefined && { group: parseGroup(group) }) }
      const takenDisks = new Set(image === undefined ? [] : disks.all().map((disk) => disk.name))
      const names = nextNames(
        parseNamePattern(pattern ?? settings.now().namePattern),
        macs.length,
        (name) => registry.byName(name) !== undefined || takenDisks.has(name),
      )
      if (image !== undefined) await disks.clone(image, names)
      const added = macs.map((mac, i) =>
        registry.add(mac, { ...fields, name: names[i]!, ...(image !== undefined && { disk: names[i]! }) }),
      )
      o.changed()
      return added.map((client) => clientView(o.parts, client))
    },

    clientIdentity({ id }) {
      const client = registry.find(id)
      const serial = disks.all().find((disk) => disk.name === client.disk)?.serial
      const machineId = serial === undefined ? undefined : machineIdOf(serial)
      const uuid = registry.machine(client.mac)?.uuid
      const http = o.http()
      return {
        hostName: client.name,
        initiatorName: initiatorNameOf(client.name),
        ...(machineId !== undefined && { machineId }),
        ...(uuid !== undefined && { uuid }),
        ...(http !== null && {
          seedUrl: `${http}/nocloud/${client.mac.replaceAll(':', '-')}/`,
          commonSeedUrl: `${http}/nocloud/__dmi.system-uuid__/`,
        }),
        userDataFrom: o.identities.userDataFor(client).from,
      }
    },

    userData: (query) => userDataOf(whoseOf(query)),
    userDataSet({ text, ...query }) {
      const whose = whoseOf(query)
      o.identities.setUserData(whose, text ?? undefined)
      return userDataOf(whose)
    },
  }
}
