// `npm test`: installs what is missing and runs the whole suite. What cannot run here is skipped with its reason.
// `npm run test:full` adds what takes many minutes more.
import { spawn } from 'node:child_process'
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
  'libvhdi-utils',
  'ovmf',
  'iproute2',
  'ethtool',
  'tcpdump',
  'dnsmasq-base',
  'udhcpc',
  'procps',
  'isc-dhcp-client',
  // DHCP servers that read what routers are told
  'isc-dhcp-server',
  'kea-dhcp4-server',
  // the guest image
  'mmdebstrap',
  'debian-archive-keyring',
  'fdisk',
  'mtools',
  'dosfstools',
  'e2fsprogs',
  'xorriso',
  'genisoimage',
  'udftools',
  'wimtools',
  'grub-pc-bin',
  'grub-efi-amd64-bin',
  'grub-common',
  'grub2-common',
  'busybox-static',
  'sbsigntool',
  'openssl',
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
  // packages: made, installed in a clean Debian, and the Windows installer's own part
  'p7zip-full',
  'wimtools',
  'desktop-file-utils',
  'util-linux',
  'nsis',
  'wine64',
  'libx11-xcb1',
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

/** The lab waits for its emulated PCs on one processor; the rest runs beside it, and its lines come first. */
async function runAll(node) {
  const lab = runTests(node, ['--project', 'lab'], false)
  const rest = await runTests(node, ['--project', 'unit', '--project', 'interop'], true)
  tell('Virtual PCs')
  const inLab = await lab
  process.stdout.write(inLab.text)
  return [rest, inLab]
}

/** One run of the test program. Its words are shown at once or kept. */
function runTests(node, words, shown) {
  const reporters = ['--reporter=default', '--reporter=./test/support/summary-reporter.ts']
  return new Promise((done, failed) => {
    const args = ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...words]
    const child = spawn(node, args, { cwd: root, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part) => {
        text += part
        if (shown) process.stdout.write(part)
      })
    }
    child.on('error', failed)
    child.on('close', (code) => {
      const found = [...text.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1)
      const [passed, missed, skipped] = (found ?? []).slice(1).map(Number)
      const failures = /^Failed:\n((?: {2}.*\n)+)/m.exec(text)?.[1] ?? ''
      done({ code, failures, text, counts: found && { passed, failed: missed, skipped } })
    })
  })
}

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
  const words = process.argv.slice(2).filter((word) => word !== '--full')
  const counts = words.length > 0 ? [await runTests(node, words, true)] : await runAll(node)
  const sum = (key) => counts.reduce((n, one) => n + (one.counts?.[key] ?? 0), 0)
  if (counts.length > 1)
    console.log(`\nAll tests:\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`)
  if (counts.some((one) => one.code !== 0))
    throw new Error(`some tests failed:\n${counts.map((one) => one.failures).join('') || 'the lines above say which'}`)
  tell(`The whole took ${((Date.now() - started) / 60_000).toFixed(1)} minutes`)
}

main().catch((error) => {
  process.stderr.write(`\nnpm test: ${error.message}\n`)
  process.exitCode = 1
})
