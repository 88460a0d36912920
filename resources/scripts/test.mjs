// `npm test`: installs what is missing and runs the whole suite. What cannot run here is skipped with its reason.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  build,
  environment,
  fetchLoaders,
  installDebianPackages,
  installPackages,
  projectNode,
  root,
  run,
  tell,
} from './steps.mjs'

/** Foreign clients, virtual PCs and browsers that the tests talk to. */
const TEST_PACKAGES = [
  // virtual PCs and their network
  'qemu-system-x86',
  'qemu-utils',
  'qemu-block-extra',
  'ovmf',
  'iproute2',
  'ethtool',
  'tcpdump',
  'dnsmasq-base',
  'udhcpc',
  'isc-dhcp-client',
  // the guest image
  'mmdebstrap',
  'fdisk',
  'mtools',
  'dosfstools',
  'e2fsprogs',
  'xorriso',
  'grub-pc-bin',
  'grub-efi-amd64-bin',
  'grub-common',
  'grub2-common',
  'busybox-static',
  'cpio',
  'kmod',
  'zstd',
  'xz-utils',
  // foreign initiators, targets and clients
  'tgt',
  'libiscsi-bin',
  'libiscsi-dev',
  'gcc',
  'libc6-dev',
  'tftp-hpa',
  'atftp',
  'curl',
  // the window
  'chromium',
  'xvfb',
  'libgtk-3-0',
  'libnss3',
  'libgbm1',
  'libasound2',
  'libxss1',
  'libxtst6',
  'libatk-bridge2.0-0',
  'libdrm2',
]

const steps = [
  ['Types', ['node_modules/.bin/tsc', '--noEmit']],
  ['Types of the pure layers', ['node_modules/.bin/tsc', '--noEmit', '-p', 'src-main/tsconfig.pure.json']],
  [
    'Types of the window',
    [
      'node_modules/.bin/svelte-check',
      '--tsconfig',
      './src-renderer/tsconfig.json',
      '--fail-on-warnings',
      '--output',
      'human',
    ],
  ],
  ['Style', ['node_modules/.bin/eslint', '.']],
  ['Format', ['node_modules/.bin/prettier', '--check', '--log-level', 'warn', '.']],
]

async function main() {
  const started = Date.now()
  await installPackages()
  if (process.platform === 'linux')
    await installDebianPackages(TEST_PACKAGES, 'virtual PCs and foreign programs to test against')
  await fetchLoaders()
  await build()
  const node = projectNode()
  for (const [title, [program, ...args]] of steps) {
    tell(title)
    await run(node, [program, ...args])
  }
  const only = process.argv.slice(2)
  const summary = join(root, '.cache', 'test-summary.json')
  tell('Tests')
  let failure
  await run(
    node,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${summary}`,
      ...only,
    ],
    {
      env: { ...environment(), FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
    },
  ).catch((error) => (failure = error))
  if (existsSync(summary)) report(JSON.parse(readFileSync(summary, 'utf8')), started)
  if (failure) throw new Error('some tests failed')
}

function report(result, started) {
  const skipped = result.testResults.flatMap((file) =>
    file.assertionResults.filter((t) => t.status === 'pending' || t.status === 'skipped' || t.status === 'todo'),
  )
  if (skipped.length > 0) {
    console.log('\nSkipped here:')
    for (const t of skipped) console.log(`  ${t.fullName}${t.meta?.reason ? ` (${t.meta.reason})` : ''}`)
  }
  const minutes = ((Date.now() - started) / 60_000).toFixed(1)
  console.log(`\nThe whole took ${minutes} minutes.`)
  console.log(`${result.numPassedTests} passed, ${result.numFailedTests} failed, ${skipped.length} skipped`)
}

main().catch((error) => {
  process.stderr.write(`\nnpm test: ${error.message}\n`)
  process.exitCode = 1
})
