import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

/** Which way imports point. The first row whose `of` matches a file holds for it; `may` lists patterns of what it may
 *  import: our own files as paths below the project, packages as they are named. */
interface Row {
  readonly layer: string
  readonly of: RegExp
  readonly may: readonly RegExp[]
}

const BASE = /^src-main\/base\//
const NODE = /^node:/
const own = (folder: string) => new RegExp(`^src-main/${folder}/`)
const PURE_CODECS =
  /^src-main\/(iscsi\/pdu\/|iscsi\/text\/(text-keys|negotiate|large-binary)\.ts|scsi\/(cdb|sense|inquiry|vpd|mode-pages|read-capacity|report-luns)\.ts|dhcp\/(packet|options|arch-type|pxe-options)\.ts|tftp\/(packet|options)\.ts|http\/range\.ts|disks\/[^/]+\/format\.ts|boot\/ipxe-script\.ts)/
const BLOCK_DEVICE = /^src-main\/disks\/block-device\.ts$/
/** The way to an engine that runs already is one, for the command line and the window. */
const CONTROL = /^src-main\/cli\/connect\.ts$/
const FOLDERS = /^src-main\/platform\/folders\.ts$/
const BOOT_FACE = /^src-main\/boot\/(boot-planner|boot-directory|boot-content|virtual-files|names|installers)\.ts$/

const TABLE: readonly Row[] = [
  { layer: 'base', of: BASE, may: [BASE] },
  { layer: 'contract', of: own('api'), may: [own('api'), /^zod$/, /^src-main\/base\/units\.ts$/] },
  { layer: 'pure codec', of: PURE_CODECS, may: [BASE, PURE_CODECS] },
  { layer: 'platform', of: own('platform'), may: [own('platform'), BASE, NODE, /^koffi$/] },
  {
    layer: 'database',
    of: own('db'),
    may: [own('db'), BASE, NODE, /^better-sqlite3$/, own('clients'), own('boot'), own('disks')],
  },
  {
    layer: 'block device',
    of: /^src-main\/disks\/([^/]*-device|pending-log)\.ts$/,
    may: [own('disks'), BASE, NODE, own('platform')],
  },
  { layer: 'disks', of: own('disks'), may: [own('disks'), BASE] },
  { layer: 'SCSI', of: own('scsi'), may: [own('scsi'), BASE, BLOCK_DEVICE] },
  {
    layer: 'iSCSI portal',
    of: /^src-main\/iscsi\/portal\.ts$/,
    may: [own('iscsi'), own('scsi'), BASE, NODE, own('platform')],
  },
  { layer: 'iSCSI', of: own('iscsi'), may: [own('iscsi'), own('scsi'), BASE, /^node:crypto$/] },
  { layer: 'clients', of: own('clients'), may: [own('clients'), BASE] },
  {
    layer: 'offline check of a disk image',
    of: own('guests/offline'),
    may: [own('guests/offline'), BASE, BLOCK_DEVICE, /^node:zlib$/],
  },
  {
    layer: 'installation media',
    of: own('guests/iso'),
    may: [
      own('guests/iso'),
      own('guests/windows/media'),
      /^src-main\/guests\/offline\/disk\/(source|file-system)\.ts$/,
      BASE,
    ],
  },
  {
    layer: 'answer files and media of Windows',
    of: own('guests/windows'),
    may: [own('guests/windows'), /^src-main\/guests\/offline\/disk\/source\.ts$/, BASE],
  },
  {
    layer: 'kits for Linux',
    of: /^src-main\/guests\/(linux|debian|dracut|arch)\//,
    may: [/^src-main\/guests\/(linux|debian|dracut|arch)\//, BASE],
  },
  { layer: 'words for routers', of: own('routers'), may: [own('routers'), BASE] },
  { layer: 'boot', of: own('boot'), may: [own('boot'), BASE, own('clients')] },
  {
    layer: 'boot service adapter',
    of: /^src-main\/((dhcp|tftp)\/listener|dhcp\/server-listener|http\/(server|connections|medium-file))\.ts$/,
    may: [own('dhcp'), own('tftp'), own('http'), BASE, NODE, own('platform'), BOOT_FACE],
  },
  {
    layer: 'boot service',
    of: /^src-main\/(dhcp|tftp|http)\//,
    may: [own('dhcp'), own('tftp'), own('http'), BASE, BOOT_FACE],
  },
  { layer: 'engine', of: own('engine'), may: [/^src-main\/(?!shell\/|cli\/)/, NODE, /^(ws|pino|zod)$/] },
  {
    layer: 'host',
    of: own('shell'),
    may: [own('shell'), own('api'), CONTROL, FOLDERS, BASE, NODE, /^electron(-updater)?(\/|$)/],
  },
  { layer: 'host', of: own('cli'), may: [own('cli'), own('api'), own('engine'), FOLDERS, BASE, NODE, /^commander$/] },
  {
    layer: 'UI',
    of: /^src-renderer\//,
    may: [/^src-renderer\//, own('api'), /^svelte/, /^uplot/, /^@lucide\/svelte/, /^vite$/, /^@sveltejs\//],
  },
]

/** Sideways edges of one protocol folder to another, which the rows above are too coarse to see. */
const FOLDER_PAIRS_FORBIDDEN: readonly (readonly [RegExp, RegExp, string])[] = [
  [/^src-main\/dhcp\//, /^src-main\/(tftp|http)\//, 'protocols do not know each other'],
  [/^src-main\/tftp\//, /^src-main\/(dhcp|http)\//, 'protocols do not know each other'],
  [/^src-main\/http\//, /^src-main\/(dhcp|tftp)\//, 'protocols do not know each other'],
  [/^src-renderer\/features\/(?<own>[^/]+)\//, /^src-renderer\/features\//, 'a feature does not import another'],
  [/^src-renderer\/ui\//, /^src-renderer\/(features|state|client)\//, 'ui knows no domain'],
]

const root = resolve(import.meta.dirname, '..')

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter(
      (e) => e.isFile() && /\.(ts|svelte)$/.test(e.name) && !e.name.endsWith('.d.ts') && e.name !== 'vite.config.ts',
    )
    .map((e) => relative(root, join(e.parentPath, e.name)))
}

/** Imported names of one file, ours as paths below the project. Type-only imports count. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const found = [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|^\s*import\s+)['"]([^'"]+)['"]/gm)].map((m) => m[1]!)
  return found.map((name) => (name.startsWith('.') ? relative(root, resolve(root, dirname(file), name)) : name))
}

const files = [...sourceFiles('src-main'), ...sourceFiles('src-renderer')]
const graph = new Map(files.map((file) => [file, importsOf(file)]))

function violation(file: string, target: string): string | undefined {
  if (target.endsWith('.css')) return undefined
  const row = TABLE.find((r) => r.of.test(file))
  if (!row) return `${file} lies in no layer of the table`
  if (!row.may.some((pattern) => pattern.test(target)))
    return `${file} may not import ${target}: ${row.layer} files import only ${row.may.map(String).join(', ')}`
  for (const [from, to, why] of FOLDER_PAIRS_FORBIDDEN) {
    const match = from.exec(file)
    if (match && to.test(target)) {
      if (match.groups?.['own'] && target.startsWith(`src-renderer/features/${match.groups['own']}/`)) continue
      return `${file} may not import ${target}: ${why}`
    }
  }
  return undefined
}

function findCycle(): string[] | undefined {
  const done = new Set<string>()
  const path: string[] = []
  const visit = (file: string): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return undefined
    path.push(file)
    for (const target of graph.get(file) ?? []) {
      const cycle = graph.has(target) ? visit(target) : undefined
      if (cycle) return cycle
    }
    path.pop()
    done.add(file)
    return undefined
  }
  for (const file of files) {
    const cycle = visit(file)
    if (cycle) return cycle
  }
  return undefined
}

describe('imports', () => {
  test('point the way the table says', () => {
    const wrong = files
      .flatMap((file) => graph.get(file)!.map((target) => violation(file, target)))
      .filter((v) => v !== undefined)
    expect(wrong).toEqual([])
  })

  test('form no cycle', () => {
    expect(findCycle()).toBeUndefined()
  })

  test('the table refuses what it must', () => {
    expect(violation('src-main/base/bytes.ts', 'node:fs')).toContain('may not import node:fs')
    expect(violation('src-main/scsi/sense.ts', 'src-main/disks/raw-device.ts')).toContain('pure codec')
    expect(violation('src-main/iscsi/session.ts', 'node:net')).toContain('may not import')
    expect(violation('src-main/dhcp/listener.ts', 'src-main/tftp/packet.ts')).toContain('do not know each other')
    expect(violation('src-renderer/App.svelte', 'src-main/engine/engine.ts')).toContain('UI')
    expect(violation('src-renderer/features/disks/a.ts', 'src-renderer/features/clients/b.ts')).toContain('another')
    expect(violation('src-main/cli/main.ts', 'src-main/iscsi/portal.ts')).toContain('host')
    expect(violation('src-main/guests/offline/inspect.ts', 'node:fs')).toContain('offline check')
  })

  test('no file outgrows its one subject', () => {
    const long = files
      .map((file) => [file, readFileSync(join(root, file), 'utf8').split('\n').length] as const)
      .filter(([, lines]) => lines > 500)
    expect(long).toEqual([])
  })

  test('no folder is a bag of odds and ends', () => {
    expect(files.filter((file) => /\/(utils|helpers|common)\//.test(file))).toEqual([])
  })
})
