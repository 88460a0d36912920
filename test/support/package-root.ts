import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './served-engine.ts'
import { runProgram, type ProgramResult } from './run-program.ts'

/** A clean Debian that has nothing but what a package says it needs, to install that package into. */
export interface PackageRoot {
  readonly path: string
  /** The words that run a command in there, as the user of that name; `network`: 'own' has a loopback of its own, where every
   *  port is free. /proc and /dev are there. */
  inside(command: readonly string[], o?: { user?: string; network?: 'own' }): string[]
  run(command: readonly string[], o?: { user?: string; network?: 'own' }): Promise<ProgramResult>
  /** Every path but what lies in the homes of people and what dpkg and the kernel keep for themselves. */
  files(): string[]
  remove(): void
}

const KEPT = join(root, '.cache', 'package-roots')
const COPIES = join(root, '.cache', 'package-copies')
/** dpkg's own books, logs, what is empty after a start of the system, and what other systems are mounted on. The empty /opt goes
 *  with the last package that used it. */
const NOT_COMPARED = /^(proc|sys|dev|tmp|run|home\/person)(\/|$)|^opt$|^var\/(lib\/dpkg|log|cache)\/|^etc\/[^/]+-$/

/** A person of that name is there too, with a home. */
export const PERSON = 'person'

/** Makes the Debian once for each list of dependencies and copies it. Errors: when apt cannot have what is wanted. */
export async function openPackageRoot(depends: string): Promise<PackageRoot> {
  const original = join(KEPT, createHash('sha256').update(depends).digest('hex').slice(0, 16))
  if (!existsSync(join(original, 'etc'))) await makeRoot(original, depends)
  mkdirSync(COPIES, { recursive: true })
  const path = join(COPIES, `${process.pid}-${Date.now()}`)
  await must('cp', ['-a', '--reflink=auto', original, path], 120_000)
  return handle(path)
}

async function makeRoot(to: string, depends: string): Promise<void> {
  rmSync(KEPT, { recursive: true, force: true })
  mkdirSync(KEPT, { recursive: true })
  const conf = join(KEPT, 'apt.conf')
  writeFileSync(conf, 'Acquire::Check-Valid-Until "false";\nAPT::Install-Recommends "false";\n')
  // apt itself reads the line of the package: alternatives and all.
  const wanted = depends.split(',').map((entry) => entry.split('|')[0]!.trim())
  const { VERSION_CODENAME: suite = 'bookworm' } = Object.fromEntries(
    readFileSync('/etc/os-release', 'utf8')
      .split('\n')
      .map((line) => line.split('=') as [string, string]),
  )
  const building = `${to}.new`
  await must(
    'mmdebstrap',
    [
      '--quiet',
      '--mode=root',
      '--variant=essential',
      '--architectures=amd64',
      `--aptopt=${conf}`,
      `--include=${['passwd', 'gzip', ...wanted].join(',')}`,
      '--dpkgopt=path-exclude=/usr/share/locale/*',
      `--customize-hook=chroot "$1" useradd --create-home ${PERSON}`,
      suite,
      building,
    ],
    400_000,
  )
  renameSync(building, to)
}

async function must(program: string, args: readonly string[], limitMs: number): Promise<void> {
  const { code, stderr } = await runProgram(program, args, limitMs)
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${stderr.slice(-2000)}`)
}

function handle(path: string): PackageRoot {
  const inside: PackageRoot['inside'] = (command, o = {}) => [
    'unshare',
    '--mount',
    ...(o.network === 'own' ? ['--net'] : []),
    'sh',
    '-c',
    'set -e; r=$1; user=$2; net=$3; shift 3; if [ "$net" = own ]; then ip link set lo up; fi; mount -t proc proc "$r/proc"; mount --rbind /dev "$r/dev"; ' +
      'mkdir -p "$r/tmp/.X11-unix"; exec chroot --userspec="$user" "$r" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin ' +
      'HOME="$(chroot "$r" getent passwd "$user" | cut -d: -f6)" DISPLAY="$DISPLAY" "$@"',
    'sh',
    path,
    o.user ?? 'root',
    o.network ?? 'shared',
    ...command,
  ]
  return {
    path,
    inside,
    run(command, o) {
      const [program = '', ...args] = inside(command, o)
      return runProgram(program, args, 120_000)
    },
    files: () => (readdirSync(path, { recursive: true }) as string[]).filter((name) => !NOT_COMPARED.test(name)).sort(),
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}
