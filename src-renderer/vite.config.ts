import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'
import { shippedPackages } from '../resources/scripts/packages.mjs'

const lock = JSON.parse(readFileSync(resolve(import.meta.dirname, '..', 'package-lock.json'), 'utf8')) as Parameters<
  typeof shippedPackages
>[0]

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [svelte({ configFile: resolve(import.meta.dirname, 'svelte.config.js') })],
  define: { BOOTLACE_PACKAGES: JSON.stringify(shippedPackages(lock)) },
  build: { outDir: '../dist/renderer', emptyOutDir: true, target: 'chrome114', modulePreload: { polyfill: false } },
})
