import { createHash } from 'node:crypto'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where Bootlace keeps database, disks and logs unless told otherwise. `$BOOTLACE_DATA` wins. */
export function defaultDataDir(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env['BOOTLACE_DATA']) return resolve(env['BOOTLACE_DATA'])
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Bootlace')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Bootlace')
  return join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'bootlace')
}

/** Longest path a local socket may have (sockaddr_un, with its NUL). */
const SOCKET_PATH_LIMIT = 104

/** Address of the engine's local control socket, derived from its data folder by both sides. */
export function controlAddress(dataDir: string, platform: NodeJS.Platform = process.platform): string {
  const id = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 16)
  if (platform === 'win32') return `\\\\.\\pipe\\bootlace-${id}`
  const path = join(resolve(dataDir), 'control.sock')
  return path.length < SOCKET_PATH_LIMIT ? path : join(tmpdir(), `bootlace-${id}.sock`)
}
