import { statSync } from 'node:fs'
import type { Handlers } from '../../api/contract.ts'
import type { DriversView, WimbootView } from '../../api/windows.ts'
import { AppError } from '../../base/errors.ts'
import { WIMBOOT_RELEASED } from '../../boot/wimboot.ts'
import type { ClientRegistry } from '../../clients/registry.ts'
import type { WindowsStore } from '../../clients/stores.ts'
import type { DiskLibrary } from '../disks/library.ts'
import { installAnswers } from './install-answers.ts'
import type { WindowsInstall } from './install-desk.ts'
import type { WimbootFile } from './wimboot-file.ts'

export interface WindowsNeeds {
  readonly desk: Pick<WindowsInstall, 'drivers' | 'cardOfPc' | 'mediumOf'>
  readonly wimboot: Pick<WimbootFile, 'current' | 'put'>
  readonly store: Pick<WindowsStore, 'putDriverFolder' | 'installAnswersOf' | 'putInstallAnswers'>
}

/** Calls about installing Windows over the network. */
export function windowsHandlers(
  o: WindowsNeeds,
  around: {
    readonly registry: Pick<ClientRegistry, 'find' | 'usersOf' | 'machine'>
    readonly disks: Pick<DiskLibrary, 'find'>
    changed(): void
  },
): Pick<Handlers, 'wimboot' | 'wimbootPut' | 'drivers' | 'driversPut' | 'installAnswers' | 'installAnswersPut'> {
  const drivers = async ({ disk, client: id }: { disk: string; client?: string | undefined }): Promise<DriversView> => {
    const { name } = around.disks.find(disk)
    const client = id === undefined ? around.registry.usersOf(name)[0] : around.registry.find(id)
    const card = o.desk.cardOfPc(client?.mac)
    const { folder, found } = await o.desk.drivers(name, client?.mac)
    return {
      disk: name,
      ...(folder !== undefined && { folder }),
      ...(client && { client: client.name }),
      ...(card && { card: `${card.vendor}:${card.device}` }),
      drivers: found.map(({ files, ...driver }) => ({ ...driver, files: files?.length ?? 0 })),
    }
  }
  const answers = installAnswers({ ...o, registry: around.registry })
  return {
    installAnswers: ({ client }) => answers.view(client),
    installAnswersPut({ client, text }) {
      answers.put(client, text ?? undefined)
      around.changed()
      return answers.view(client)
    },
    wimboot: () => wimbootView(o.wimboot),
    async wimbootPut({ file }) {
      await o.wimboot.put(file ?? undefined)
      around.changed()
      return wimbootView(o.wimboot)
    },
    drivers,
    async driversPut({ folder, ...query }) {
      const { name } = around.disks.find(query.disk)
      if (folder !== null && !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
        throw new AppError('config.driverFolder', `the folder ${folder} does not exist or is not a folder`, {
          hint: 'Give the path of a folder on the computer that runs Bootlace.',
        })
      }
      o.store.putDriverFolder(name, folder ?? undefined)
      around.changed()
      return drivers(query)
    },
  }
}

function wimbootView({ current }: Pick<WimbootFile, 'current'>): WimbootView {
  const { url, sha256 } = WIMBOOT_RELEASED
  return {
    ...(current && {
      file: {
        version: current.version,
        sha256: current.sha256,
        released: current.isReleased,
        from: current.from,
      },
    }),
    url,
    sha256,
  }
}
