// `npm test`: installs what is missing and runs the whole suite. What cannot run here is skipped with its reason.
// `npm run test:full` adds what takes many minutes more.
import { build, fetchLoaders, installDebianPackages, installPackages, projectNode, run, tell } from './steps.mjs'

/** Foreign clients, virtual PCs and browsers that the tests talk to. */
const TEST_PACKAGES = [
  // virtual PCs and their network
  'qemu-system-x86',
  'qemu-utils',
  'qemu-block-extra',
  'libvhdi-utils',
  'ovmf',
  'iproute2',
  'ethtool',
  'tcpdump',
  'dnsmasq-base',
  'udhcpc',
  'procps',
  'isc-dhcp-client',
  // the guest image
  'mmdebstrap',
  'debian-archive-keyring',
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
  'lz4',
  'bzip2',
  // disks of PCs to look into
  'ntfs-3g',
  'attr',
  'gdisk',
  'libhivex-bin',
  'xfsprogs',
  'btrfs-progs',
  'exfatprogs',
  'cryptsetup-bin',
  'lvm2',
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
  'libgtk-3-0|libgtk-3-0t64',
  'libnss3',
  'libgbm1',
  'libasound2|libasound2t64',
  'libxss1',
  'libxtst6',
  'libatk-bridge2.0-0|libatk-bridge2.0-0t64',
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

const full = process.argv.includes('--full')

async function main() {
  const started = Date.now()
  if (full) process.env.BOOTLACE_FULL = '1'
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
  tell('Tests')
  const tests = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=./test/support/summary-reporter.ts',
    ...process.argv.slice(2).filter((word) => word !== '--full'),
  ]
  await run(node, tests).catch(() => {
    throw new Error('some tests failed; the lines above say which')
  })
  tell(`The whole took ${((Date.now() - started) / 60_000).toFixed(1)} minutes`)
}

main().catch((error) => {
  process.stderr.write(`\nnpm test: ${error.message}\n`)
  process.exitCode = 1
})
