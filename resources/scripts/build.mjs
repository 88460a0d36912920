// Bundles the main side (engine, command line, Electron shell) to CommonJS and the UI with Vite.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build as bundle } from 'esbuild'
import { build as buildUi } from 'vite'
import { root } from './steps.mjs'

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const main = join(root, 'dist', 'main')
rmSync(main, { recursive: true, force: true })

const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  sourcemap: 'linked',
  external: ['electron', 'better-sqlite3', 'koffi', 'ws', 'pino'],
  define: {
    BOOTLACE_VERSION: JSON.stringify(version),
    'import.meta.url': 'undefined',
    'import.meta.dirname': 'undefined',
  },
  logLevel: 'warning',
}
await bundle({
  ...common,
  target: 'node22',
  entryPoints: { cli: join(root, 'src-main/cli/main.ts'), engine: join(root, 'src-main/engine/entry.ts') },
  outdir: main,
  outExtension: { '.js': '.cjs' },
  banner: { js: '#!/usr/bin/env node' },
})
// The window may run in an older Electron than the one that is shipped: see ARCHITECTURE.md, "Electron".
await bundle({
  ...common,
  target: 'node18',
  entryPoints: { main: join(root, 'src-main/shell/main.ts'), preload: join(root, 'src-main/shell/preload.ts') },
  outdir: main,
  outExtension: { '.js': '.cjs' },
})
await buildUi({ configFile: join(root, 'src-renderer', 'vite.config.ts'), logLevel: 'warn' })
