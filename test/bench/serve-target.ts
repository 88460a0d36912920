/** Serves one raw file by the portal alone, for benchmarks and foreign clients: no engine, no database.
 *  Usage: node test/bench/serve-target.ts FILE [--port N] [--host A] [--name IQN] [--read-only] [--physical-block N] [--verbose]
 *  Prints one JSON line when it listens; ends on SIGTERM and SIGINT. */
import { parseArgs } from 'node:util'
import { silentLogger, type Logger } from '../../src-main/base/log.ts'
import { openRawDevice } from '../../src-main/disks/raw-device.ts'
import { systemClock } from '../../src-main/engine/system-clock.ts'
import { openPortal } from '../../src-main/iscsi/portal.ts'
import type { ReservationKeeper, SavedReservations } from '../../src-main/scsi/reservation.ts'
import { createLogicalUnit } from '../../src-main/scsi/logical-unit.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    name: { type: 'string', default: 'iqn.2026-11.app.bootlace:bench' },
    'read-only': { type: 'boolean', default: false },
    'physical-block': { type: 'string', default: '4096' },
    verbose: { type: 'boolean', default: false },
  },
})
const file = positionals[0]
if (!file) {
  console.error(
    'usage: serve-target.ts FILE [--port N] [--host A] [--name IQN] [--read-only] [--physical-block N] [--verbose]',
  )
  process.exit(64)
}

const say =
  (level: string) =>
  (fields: object, message: string): void =>
    console.error(level, message, JSON.stringify(fields))
const verbose: Logger = {
  error: say('error'),
  warn: say('warn'),
  info: say('info'),
  debug: say('debug'),
  trace: () => {},
  child: () => verbose,
}
const logger = values.verbose ? verbose : silentLogger

let reservations: SavedReservations | undefined
const keeper: ReservationKeeper = {
  load: () => reservations,
  save: (state) => {
    reservations = state
  },
}
const device = await openRawDevice(file, { readOnly: values['read-only'] })
const unit = createLogicalUnit({
  device,
  identity: { serial: 'BENCH00000000001', naa: '3000000000000001' },
  physicalBlock: Number(values['physical-block']),
  reservations: keeper,
  logger,
})
const target = { name: values.name, luns: new Map([[0, unit]]) }
const portal = await openPortal({
  host: values.host,
  port: Number(values.port),
  directory: {
    find: (name) =>
      name === target.name
        ? { ok: true, target }
        : { ok: false, reason: 'notFound', text: `there is no target ${name}` },
    list: () => [target.name],
  },
  observer: { login: () => {}, ended: () => {}, refused: () => {} },
  clock: systemClock,
  logger,
})
console.log(JSON.stringify({ event: 'ready', ...portal.address, name: target.name, pid: process.pid }))

let stopping = false
async function stop(): Promise<void> {
  if (stopping) return
  stopping = true
  await portal.close(1000)
  await device.close()
  process.exit(0)
}
process.on('SIGTERM', () => void stop())
process.on('SIGINT', () => void stop())
