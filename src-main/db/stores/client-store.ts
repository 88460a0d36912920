import type { Database } from 'better-sqlite3'
import type { BootStage, Chap, Client, Follows, Keep, LoaderChoice } from '../../clients/client.ts'
import type { BootMenu } from '../../clients/boot-menu.ts'
import type { ClientStore } from '../../clients/stores.ts'

interface Row {
  mac: string
  name: string
  disk: string | null
  stage: string
  loader: string
  medium: string | null
  kernel: string | null
  initrd: string | null
  kernel_args: string | null
  medium_drive: string | null
  keep: string
  keep_until_ms: number | null
  channel: string
  second_disk: string | null
  group_name: string | null
  chap: string | null
  exclusive: number
  next_stage: string | null
  menu: string | null
  gateway: string | null
  own_scripts: string | null
  created_ms: number
}

function fromRow(row: Row): Client {
  return {
    mac: row.mac,
    name: row.name,
    ...(row.disk !== null && { disk: row.disk }),
    stage: row.stage as BootStage,
    loader: row.loader as LoaderChoice,
    ...(row.medium !== null && { medium: row.medium }),
    ...(row.kernel !== null && { kernel: row.kernel }),
    ...(row.initrd !== null && { initrd: row.initrd }),
    ...(row.kernel_args !== null && { kernelArgs: row.kernel_args }),
    ...(row.medium_drive !== null && { mediumDrive: row.medium_drive }),
    keep: row.keep as Keep,
    ...(row.keep_until_ms !== null && { keepUntilMs: row.keep_until_ms }),
    channel: row.channel as Follows,
    ...(row.second_disk !== null && { secondDisk: row.second_disk }),
    ...(row.group_name !== null && { group: row.group_name }),
    ...(row.chap !== null && { chap: row.chap as Chap }),
    ...(row.exclusive !== 0 && { exclusive: true as const }),
    ...(row.next_stage !== null && { next: row.next_stage as BootStage }),
    ...(row.menu !== null && { menu: JSON.parse(row.menu) as BootMenu }),
    ...(row.gateway !== null && { gateway: row.gateway as 'clear' }),
    ...(row.own_scripts !== null && { ownScripts: row.own_scripts as 'ignore' }),
    createdMs: row.created_ms,
  }
}

export function createClientStore(db: Database): ClientStore {
  const all = db.prepare<[], Row>('SELECT * FROM clients ORDER BY name')
  const put = db.prepare(`
    INSERT INTO clients (mac, name, disk, stage, loader, medium, kernel, initrd, kernel_args, keep, keep_until_ms, channel,
      second_disk, group_name, medium_drive, chap, exclusive, created_ms, next_stage, menu, gateway, own_scripts)
    VALUES (@mac, @name, @disk, @stage, @loader, @medium, @kernel, @initrd, @kernelArgs, @keep,
      @keepUntilMs, @channel, @secondDisk, @group, @mediumDrive, @chap, @exclusive, @createdMs, @next, @menu,
      @gateway, @ownScripts)
    ON CONFLICT (mac) DO UPDATE SET name = excluded.name, disk = excluded.disk, stage = excluded.stage, loader = excluded.loader,
      medium = excluded.medium, kernel = excluded.kernel, initrd = excluded.initrd, kernel_args = excluded.kernel_args,
      keep = excluded.keep, keep_until_ms = excluded.keep_until_ms, channel = excluded.channel, second_disk = excluded.second_disk,
      group_name = excluded.group_name, medium_drive = excluded.medium_drive, chap = excluded.chap,
      exclusive = excluded.exclusive, next_stage = excluded.next_stage, menu = excluded.menu, gateway = excluded.gateway,
      own_scripts = excluded.own_scripts`)
  const remove = db.prepare('DELETE FROM clients WHERE mac = ?')
  return {
    all: () => all.all().map(fromRow),
    put: (client) =>
      void put.run({
        disk: null,
        medium: null,
        kernel: null,
        initrd: null,
        kernelArgs: null,
        keepUntilMs: null,
        secondDisk: null,
        group: null,
        chap: null,
        mediumDrive: null,
        next: null,
        gateway: null,
        ownScripts: null,
        ...client,
        menu: client.menu === undefined ? null : JSON.stringify(client.menu),
        exclusive: client.exclusive ? 1 : 0,
      }),
    remove: (mac) => void remove.run(mac),
  }
}
