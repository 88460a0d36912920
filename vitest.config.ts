import { resolve } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

/** Three kinds of test, each its own project: `unit` needs nothing but Node; `interop` runs foreign programs and
 *  real sockets on this machine; `lab` boots virtual PCs in network namespaces. */
export default defineConfig({
  test: {
    projects: [
      {
        // The state classes of the window use runes, which Svelte compiles.
        plugins: [svelte({ configFile: resolve(import.meta.dirname, 'src-renderer/svelte.config.js') })],
        test: {
          name: 'unit',
          include: ['test/*.test.ts', 'test/{main,conformance}/**/*.test.ts', 'test/renderer/**/*.test.ts'],
          // Against what never ends. How long a test takes is up to the other work of the machine.
          testTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'interop',
          include: ['test/{interop,e2e}/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'lab',
          include: ['test/lab/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
