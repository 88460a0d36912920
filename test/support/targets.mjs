/** Starts the targets that interop tests and benchmarks talk to: ours without an engine, and Debian's tgt. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

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
