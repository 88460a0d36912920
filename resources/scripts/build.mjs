// Bundles the main side (engine, command line, Electron shell) to CommonJS and the UI with Vite.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build as bundle } from 'esbuild'
import { build as buildUi } from 'vite'
import { root } from './steps.mjs'
import { readUpdateChannel } from './update-channel.mjs'

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const main = join(root, 'dist', 'main')
rmSync(main, { recursive: true, force: true })

const NATIVE = ['electron', 'better-sqlite3', 'koffi']
/** Folders of the packages that went into the bundles: what `npm run dist` has to name with their licences. */
const parts = new Set()
const note = (file) => {
  const match = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(file.replace(/^[^/\\]*\0/, ''))
  if (match) parts.add(match[1].replaceAll('\\', '/').split('/node_modules/').slice(1).join('/node_modules/'))
}
const noteBundle = ({ metafile }) => {
  for (const output of Object.values(metafile.outputs))
    for (const [file, { bytesInOutput }] of Object.entries(output.inputs)) if (bytesInOutput > 0) note(`/${file}`)
}

const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  sourcemap: 'linked',
  metafile: true,
  // What has native parts stays a package; the rest becomes part of the bundles, so that little else has to be shipped.
  external: NATIVE,
  define: {
    BOOTLACE_VERSION: JSON.stringify(version),
    BOOTLACE_UPDATE_CHANNEL: JSON.stringify(readUpdateChannel()),
    'import.meta.url': 'undefined',
    'import.meta.dirname': 'undefined',
  },
  logLevel: 'warning',
}
noteBundle(
  await bundle({
    ...common,
    target: 'node22',
    entryPoints: { cli: join(root, 'src-main/cli/main.ts'), engine: join(root, 'src-main/engine/entry.ts') },
    outdir: main,
    outExtension: { '.js': '.cjs' },
    banner: { js: '#!/usr/bin/env node' },
  }),
)
// The window may run in an older Electron than the one that is shipped: see ARCHITECTURE.md, "Electron".
noteBundle(
  await bundle({
    ...common,
    target: 'node18',
    entryPoints: { main: join(root, 'src-main/shell/main.ts'), preload: join(root, 'src-main/shell/preload.ts') },
    outdir: main,
    outExtension: { '.js': '.cjs' },
  }),
)
await buildUi({
  configFile: join(root, 'src-renderer', 'vite.config.ts'),
  logLevel: 'warn',
  plugins: [
    {
      name: 'bootlace-parts',
      generateBundle(_, chunks) {
        for (const chunk of Object.values(chunks)) for (const id of chunk.moduleIds ?? []) note(id)
      },
    },
  ],
})
mkdirSync(join(root, 'dist'), { recursive: true })
writeFileSync(join(root, 'dist', 'parts.json'), `${JSON.stringify([...parts].sort(), null, 2)}\n`)
