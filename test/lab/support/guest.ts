import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { cacheDir } from './paths.ts'
import { run } from './process.ts'

/** Files that the virtual PCs run. */
export interface GuestImages {
  /** Raw disk with Debian, 1.25 GiB, sparse: root=LABEL=lab-root, starts on BIOS and UEFI. */
  readonly disk: string
  /** A CD that starts the installer-like system. */
  readonly installerCd: string
  /** The same system, for a loader that starts it over HTTP. */
  readonly kernel: string
  readonly initrd: string
}

const RECIPE = join(import.meta.dirname, 'guest')

/** The images, built at first use or when their recipe changed (about a minute, from the system's own apt sources). */
export async function guestImages(): Promise<GuestImages> {
  const suite = debianSuite()
  const dir = join(cacheDir, `guest-${suite}-${recipeHash()}`)
  if (!existsSync(dir)) await build(dir, suite)
  return {
    disk: join(dir, 'disk.raw'),
    installerCd: join(dir, 'installer.iso'),
    kernel: join(dir, 'vmlinuz'),
    initrd: join(dir, 'installer.img'),
  }
}

function debianSuite(): string {
  const release = readFileSync('/etc/os-release', 'utf8')
  return /^VERSION_CODENAME="?(\w+)/m.exec(release)?.[1] ?? 'stable'
}

function recipeHash(): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(RECIPE).sort())
    hash
      .update(name)
      .update('\0')
      .update(readFileSync(join(RECIPE, name)))
  return hash.digest('hex').slice(0, 12)
}

async function build(dir: string, suite: string): Promise<void> {
  mkdirSync(cacheDir, { recursive: true })
  for (const old of readdirSync(cacheDir).filter((name) => name.startsWith('guest-') || name.startsWith('new-'))) {
    rmSync(join(cacheDir, old), { recursive: true, force: true })
  }
  const made = mkdtempSync(join(cacheDir, 'new-'))
  try {
    const targets = await run([
      ...['apt-get', 'indextargets', '--format', 'deb $(SITE) $(RELEASE) $(COMPONENT)'],
      ...['Created-By: Packages', 'Origin: Debian', 'Architecture: amd64'],
    ])
    const sources = join(made, 'sources.list')
    writeFileSync(sources, [...new Set(targets.split('\n'))].join('\n'))
    // Its mounts end with it, even when it is killed: nothing of this machine is ever inside the folder removed below.
    await run(['unshare', '--mount', 'bash', join(RECIPE, 'build-image.sh'), made, sources, suite])
    renameSync(made, dir)
  } catch (error) {
    rmSync(made, { recursive: true, force: true })
    throw error
  }
}
