import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { cacheDir } from './paths.ts'
import { run } from './process.ts'

/** A script that builds files for virtual PCs. It is called with an empty folder, a file of apt sources and the name of
 *  the Debian release. */
export interface Recipe {
  /** What its folders in the cache begin with. */
  readonly name: string
  readonly script: string
  /** Everything it reads; what it made is kept until one of these files changes. */
  readonly folders: readonly string[]
  /** Texts that lie in the empty folder as files of these names, and count like the files it reads. */
  readonly texts?: Readonly<Record<string, string>>
}

/** The folder of what a recipe makes, built at first use or when the recipe changed, from the system's own apt sources. */
export async function built(recipe: Recipe): Promise<string> {
  const suite = debianSuite()
  const dir = join(cacheDir, `${recipe.name}-${suite}-${hashOf(recipe)}`)
  if (!existsSync(dir)) await build(recipe, dir, suite)
  return dir
}

function debianSuite(): string {
  const release = readFileSync('/etc/os-release', 'utf8')
  return /^VERSION_CODENAME="?(\w+)/m.exec(release)?.[1] ?? 'stable'
}

function hashOf({ folders, texts = {} }: Recipe): string {
  const hash = createHash('sha256')
  for (const folder of folders)
    for (const name of filesIn(folder))
      hash
        .update(name)
        .update('\0')
        .update(readFileSync(join(folder, name)))
  for (const [name, text] of Object.entries(texts)) hash.update(name).update('\0').update(text)
  return hash.digest('hex').slice(0, 12)
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort()

async function build(recipe: Recipe, dir: string, suite: string): Promise<void> {
  mkdirSync(cacheDir, { recursive: true })
  const outdated = [`${recipe.name}-`, `new-${recipe.name}-`]
  for (const old of readdirSync(cacheDir).filter((name) => outdated.some((prefix) => name.startsWith(prefix)))) {
    rmSync(join(cacheDir, old), { recursive: true, force: true })
  }
  const made = mkdtempSync(join(cacheDir, `new-${recipe.name}-`))
  try {
    const targets = await run([
      ...['apt-get', 'indextargets', '--format', 'deb $(SITE) $(RELEASE) $(COMPONENT)'],
      ...['Created-By: Packages', 'Origin: Debian', 'Architecture: amd64'],
    ])
    const sources = join(made, 'sources.list')
    writeFileSync(sources, [...new Set(targets.split('\n'))].join('\n'))
    for (const [name, text] of Object.entries(recipe.texts ?? {})) writeFileSync(join(made, name), text)
    // Its mounts end with it, even when it is killed: nothing of this machine is ever inside the folder removed below.
    await run(['unshare', '--mount', 'bash', recipe.script, made, sources, suite])
    renameSync(made, dir)
  } catch (error) {
    rmSync(made, { recursive: true, force: true })
    throw error
  }
}
