/** Starts the targets that interop tests and benchmarks talk to: ours without an engine, and Debian's tgt. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { serveEngine } from './served-engine.ts'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..')
const TGT_SOCKETS = '/var/run/tgtd'

/** @param {string} program @returns {boolean} whether it is in PATH or /usr/sbin */
export function hasProgram(program) {
  return [...(process.env.PATH ?? '').split(':'), '/usr/sbin'].some((folder) => existsSync(join(folder, program)))
}

/** A port nobody listens on, at most 32767: the largest control port tgt takes.
 *  @returns {Promise<number>} */
export async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    const server = createServer()
    const free = await new Promise((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
    })
    if (free) return port
  }
}

/** @typedef {{ url: string, portal: string, iqn: string, pid: number, stop: () => Promise<void> }} RunningTarget */

/** Bundles and starts test/bench/serve-target.ts on a raw file.
 *  @param {string} file @param {readonly string[]} [options] @returns {Promise<RunningTarget>} */
export async function startBootlace(file, options = []) {
  const folder = mkdtempSync(join(tmpdir(), 'bootlace-target-'))
  const program = join(folder, 'serve-target.mjs')
  const { build } = await import('esbuild')
  await build({
    entryPoints: [join(ROOT, 'test/bench/serve-target.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['koffi'],
    // koffi is looked up from where the bundle says it comes from.
    define: { 'import.meta.url': JSON.stringify(new URL('file://' + join(ROOT, 'src-main/platform/native.ts')).href) },
  })
  const child = spawn(process.execPath, [program, file, ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  const first = await Promise.race([
    once(lines, 'line').then(([line]) => String(line)),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`serve-target ended with ${code}`))),
  ])
  const { host, port, name } = JSON.parse(first)
  const portal = `${host}:${port}`
  return {
    url: `iscsi://${portal}/${name}/0`,
    portal,
    iqn: name,
    pid: /** @type {number} */ (child.pid),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Starts the built engine with one raw disk, a copy of the file: what a user runs.
 *  @param {string} file @param {string} folder where its data goes @returns {Promise<RunningTarget>} */
export async function startProduct(file, folder) {
  const engine = await serveEngine(mkdtempSync(join(folder, 'data-')))
  const imported = engine.verb('disk', 'import', file, '--name', 'bench', '--format', 'raw')
  if (imported.code !== 0) {
    await engine.remove()
    throw new Error(`disk import: ${imported.stderr}`)
  }
  const portal = engine.ready.iscsi
  const iqn = 'iqn.2026-11.app.bootlace:bench'
  const pid = /** @type {number} */ (engine.process.pid)
  return { url: `iscsi://${portal}/${iqn}/0`, portal, iqn, pid, stop: () => engine.remove() }
}

/** Starts tgtd in the foreground with one thin file LUN. Its disk is LUN 1; LUN 0 is its controller.
 *  @param {string} file @returns {Promise<RunningTarget>} */
export async function startTgt(file) {
  const port = await freePort()
  const control = await freePort()
  const iqn = 'iqn.2026-11.app.bootlace:reference'
  const path = `${process.env.PATH}:/usr/sbin`
  const child = spawn('tgtd', ['-f', '-C', String(control), '--iscsi', `portal=127.0.0.1:${port}`], {
    stdio: 'ignore',
    env: { ...process.env, PATH: path },
  })
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      const slow = setTimeout(() => child.kill('SIGKILL'), 3000)
      await once(child, 'exit')
      clearTimeout(slow)
    }
    if (!existsSync(TGT_SOCKETS)) return
    for (const name of readdirSync(TGT_SOCKETS)) {
      if (name.startsWith(`socket.${control}`)) rmSync(join(TGT_SOCKETS, name), { force: true })
    }
  }
  const admin = (/** @type {string} */ words) =>
    spawnSync('tgtadm', ['-C', String(control), '--lld', 'iscsi', ...words.split(' ')], {
      env: { ...process.env, PATH: path },
      encoding: 'utf8',
    })
  try {
    const deadline = Date.now() + 10_000
    while (admin(`--mode target --op new --tid 1 -T ${iqn}`).status !== 0) {
      if (Date.now() > deadline) throw new Error('tgtd does not answer')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    for (const words of [
      `--mode logicalunit --op new --tid 1 --lun 1 --bstype rdwr -b ${file}`,
      '--mode logicalunit --op update --tid 1 --lun 1 --params thin_provisioning=1',
      '--mode target --op bind --tid 1 -I ALL',
    ]) {
      const r = admin(words)
      if (r.status !== 0) throw new Error(`tgtadm ${words}: ${r.stderr}`)
    }
  } catch (e) {
    await stop()
    throw e
  }
  const portal = `127.0.0.1:${port}`
  return { url: `iscsi://${portal}/${iqn}/1`, portal, iqn, pid: /** @type {number} */ (child.pid), stop }
}

/** Starts istgt in the foreground with one file LUN.
 *  @param {string} file @returns {Promise<RunningTarget>} */
export async function startIstgt(file) {
  const [port, control] = [await freePort(), await freePort()]
  const folder = mkdtempSync(join(tmpdir(), 'bootlace-istgt-'))
  const base = 'iqn.2026-11.app.bootlace'
  const settings = `[Global]
  NodeBase "${base}"
  PidFile ${folder}/pid
  AuthFile ${folder}/auth.conf
  MediaDirectory ${folder}
  LogFacility "local7"
  Timeout 30
  NopInInterval 20
  DiscoveryAuthMethod None
  MaxSessions 256
  MaxConnections 1
  MaxR2T 32
  MaxOutstandingR2T 16
  DefaultTime2Wait 2
  DefaultTime2Retain 60
  FirstBurstLength 262144
  MaxBurstLength 1048576
  MaxRecvDataSegmentLength 262144
  InitialR2T Yes
  ImmediateData Yes
  DataPDUInOrder Yes
  DataSequenceInOrder Yes
  ErrorRecoveryLevel 0
[UnitControl]
  AuthMethod None
  Portal UC1 127.0.0.1:${control}
  Netmask 127.0.0.1
[PortalGroup1]
  Portal DA1 127.0.0.1:${port}
[InitiatorGroup1]
  InitiatorName "ALL"
  Netmask 127.0.0.0/8
[LogicalUnit1]
  TargetName reference
  Mapping PortalGroup1 InitiatorGroup1
  AuthMethod None
  UseDigest Auto
  UnitType Disk
  QueueDepth 255
  LUN0 Storage ${file} Auto
`
  writeFileSync(join(folder, 'istgt.conf'), settings)
  writeFileSync(join(folder, 'auth.conf'), '')
  const path = `${process.env.PATH}:/usr/sbin`
  const child = spawn('istgt', ['-D', '-c', join(folder, 'istgt.conf')], {
    stdio: 'ignore',
    env: { ...process.env, PATH: path },
  })
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    rmSync(folder, { recursive: true, force: true })
  }
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries === 100 || child.exitCode !== null) {
      await stop()
      throw new Error('istgt does not answer')
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const portal = `127.0.0.1:${port}`
  const iqn = `${base}:reference`
  return { url: `iscsi://${portal}/${iqn}/0`, portal, iqn, pid: /** @type {number} */ (child.pid), stop }
}

/** @param {number} port @returns {Promise<boolean>} */
function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
