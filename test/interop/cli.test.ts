import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cliPath, newDataDir, runCli, serveEngine, type ServedEngine } from '../support/served-engine.ts'

let engine: ServedEngine
let files: string
beforeAll(async () => {
  engine = await serveEngine()
  files = mkdtempSync(join(tmpdir(), 'bootlace-cli-'))
})
afterAll(async () => {
  await engine.remove()
  rmSync(files, { recursive: true })
})

describe('serve', () => {
  test('says where everything listens, in the names of the contract', () => {
    expect(Object.keys(engine.ready).sort()).toEqual(['admin', 'dhcp', 'event', 'http', 'iscsi', 'tftp'])
    expect(engine.ready.admin).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=.{20,}$/)
    expect(engine.ready.dhcp).toBeNull()
  })
  test('a second engine on the same data folder is refused', () => {
    const second = runCli(['serve', '--data', engine.dataDir, '--interface', '127.0.0.1', '--dhcp', 'off'])
    expect(second.code).toBe(2)
    expect(second.stderr).toMatch(/^bootlace: another engine \(PID \d+\) already uses .*\n$/)
  })
  test('a taken port is one line with the port and the owner', async () => {
    const squatter = createServer()
    await new Promise<void>((done) => squatter.listen(0, '127.0.0.1', done))
    const { port } = squatter.address() as { port: number }
    const data = newDataDir()
    const result = runCli([
      'serve',
      '--data',
      data,
      '--interface',
      '127.0.0.1',
      '--dhcp',
      'off',
      '--tftp-port',
      '0',
      '--http-port',
      '0',
      '--iscsi-port',
      String(port),
      '--admin',
      '127.0.0.1:0',
    ])
    squatter.close()
    rmSync(data, { recursive: true })
    expect(result.code).toBe(2)
    expect(result.stdout).toBe('')
    expect(result.stderr).toMatch(/^bootlace: [^\n]*\. Stop [^\n]*\n$/)
    expect(result.stderr).toContain(`port ${port}: `)
    expect(result.stderr).toContain(`(process ${process.pid})`)
  })
  test.each([
    [['serve', '--dhcp', 'nonsense'], 64],
    [['serve', '--iscsi-port', '70000'], 64],
    [['serve', '--iscsi-port', ''], 64],
    [['serve', '--admin', 'nonsense'], 64],
    [['client', 'add', 'nonsense'], 64],
    [['events', '--limit', 'nonsense'], 64],
    [['nonsense'], 64],
    [['disk', 'create', 'x'], 64],
    [['disk', 'create', 'x', '--size', 'big'], 64],
    [['client', 'add', '52:54:00:00:00:01', '--stage', 'nonsense'], 64],
    [['--help'], 0],
    [['disk', 'create', '--help'], 0],
  ])('%j exits with %d', (args, code) =>
    expect(
      runCli([
        ...args,
        ...(args[0] === '--help' || args.includes('--help') || args[0] === 'serve' || args[0] === 'nonsense'
          ? []
          : ['--data', engine.dataDir]),
      ]).code,
    ).toBe(code),
  )
  test('every verb shows an example in its help', () => {
    for (const verb of [
      'disk create',
      'disk import',
      'disk list',
      'disk show',
      'disk delete',
      'disk seal',
      'disk clone',
      'disk snapshot',
      'disk revert',
      'disk reset',
      'disk merge',
      'disk promote',
      'disk export',
      'disk check',
      'disk set',
      'disk inspect',
      'client add',
      'client list',
      'client show',
      'client set',
      'client wake',
      'client delete',
      'status',
      'events',
      'preflight',
      'enrol',
      'answer-file',
      'answer check',
      'serve',
    ]) {
      expect(runCli([...verb.split(' '), '--help']).stdout, verb).toContain('Example:')
    }
  })
  test('without an engine a verb says so and exits with 3', () => {
    const empty = newDataDir()
    const result = runCli(['disk', 'list', '--data', empty])
    rmSync(empty, { recursive: true })
    expect(result).toMatchObject({ code: 3, stdout: '' })
    expect(result.stderr).toMatch(/^bootlace: no engine is running on .*\n$/)
  })
})

describe('disks', () => {
  test('create, show, list, delete', () => {
    expect(engine.verb('disk', 'create', 'Win11', '--size', '64G')).toMatchObject({
      code: 0,
      json: { name: 'win11', sizeBytes: 64 * 2 ** 30, targetName: 'iqn.2026-11.app.bootlace:win11', health: 'ok' },
    })
    const shown = engine.verb('disk', 'show', 'win11').json as { realBytes: number; serial: string }
    expect(shown).toMatchObject({ format: 'vhdx' })
    expect(shown.realBytes).toBeLessThan(4 * 2 ** 20)
    expect(shown.serial).toMatch(/^[0-9A-F]{16}$/)
    expect((engine.verb('disk', 'list').json as { name: string }[]).map((d) => d.name)).toContain('win11')
    expect(engine.verb('disk', 'create', 'win11', '--size', '1G')).toMatchObject({ code: 1, json: undefined })
    expect(engine.verb('disk', 'delete', 'win11').code).toBe(0)
    expect(engine.verb('disk', 'show', 'win11')).toMatchObject({ code: 1 })
  })
  test.each([
    ['../evil', '1G'],
    ['a/b', '1G'],
    ['', '1G'],
    ['x'.repeat(33), '1G'],
    ['zero', '0'],
    ['huge', '1000T'],
  ])('a disk "%s" of %s is refused in one line', (name, size) => {
    const { code, stderr } = engine.verb('disk', 'create', name, '--size', size)
    expect(code).toBe(1)
    expect(stderr.trim().split('\n').length).toBe(1)
  })
  test('import copies a raw image and tells its progress', () => {
    const image = Buffer.alloc(5 * 2 ** 20)
    image.write('hello', 3 * 2 ** 20)
    const source = join(files, 'a.img')
    writeFileSync(source, image)
    const { code, json, stderr } = engine.verb('disk', 'import', source, '--name', 'imported', '--format', 'raw')
    expect({ code, stderr: stderr.replace(/Importing imported: \d+ % of 5 MiB\n/g, '') }).toEqual({
      code: 0,
      stderr: '',
    })
    expect(readFileSync((json as { file: string }).file).equals(image)).toBe(true)
    expect(engine.verb('disk', 'import', join(files, 'none.img'), '--name', 'other')).toMatchObject({ code: 1 })
    expect(existsSync(join(engine.dataDir, 'disks', 'other.img'))).toBe(false)
  })
})

describe.skipIf(!existsSync('/usr/bin/qemu-img'))('importing what virtual machines have', () => {
  test.each([
    ['qcow2', ['-O', 'qcow2']],
    ['compressed qcow2', ['-c', '-O', 'qcow2']],
    ['VMDK', ['-O', 'vmdk']],
    ['VMDK in parts', ['-O', 'vmdk', '-o', 'subformat=twoGbMaxExtentSparse']],
    ['streamed VMDK', ['-O', 'vmdk', '-o', 'subformat=streamOptimized']],
    ['dynamic VHD', ['-O', 'vpc', '-o', 'force_size=on']],
    ['fixed VHD', ['-O', 'vpc', '-o', 'force_size=on,subformat=fixed']],
    ['dynamic VHDX', ['-O', 'vhdx']],
    ['fixed VHDX', ['-O', 'vhdx', '-o', 'subformat=fixed']],
  ])('%s arrives bit for bit, holes kept, its file unchanged', (_, how) => {
    const image = Buffer.alloc(24 * 2 ** 20)
    for (let at = 5 * 2 ** 20; at < 9 * 2 ** 20; at += 4) image.writeUInt32LE((at * 2654435761) >>> 0, at)
    image.write('the end', image.length - 512)
    writeFileSync(join(files, 'vm.raw'), image)
    const source = join(files, 'vm.file')
    const made = spawnSync('qemu-img', ['convert', '-f', 'raw', ...how, join(files, 'vm.raw'), source], {
      encoding: 'utf8',
    })
    expect(made.stderr).toBe('')
    const before = readFileSync(source)
    const { code, json, stderr } = engine.verb('disk', 'import', source, '--name', 'vm')
    expect({ code, stderr: stderr.replace(/Importing vm: .*\n/g, '') }).toEqual({ code: 0, stderr: '' })
    expect(json).toMatchObject({ format: 'vhdx' })
    const disk = json as { file: string; realBytes: number }
    const same = spawnSync('qemu-img', ['compare', '-U', '-f', 'vhdx', '-F', 'raw', disk.file, join(files, 'vm.raw')], {
      encoding: 'utf8',
    })
    expect(same.stdout).toBe('Images are identical.\n')
    expect(disk.realBytes).toBeLessThan(8 * 2 ** 20)
    expect(readFileSync(source).equals(before)).toBe(true)
    expect(engine.verb('disk', 'delete', 'vm').code).toBe(0)
  })

  test('a file that builds on another one, or is encrypted, is refused with what to do', () => {
    spawnSync('qemu-img', ['create', '-f', 'raw', join(files, 'base.raw'), '4M'])
    spawnSync('qemu-img', ['create', '-f', 'qcow2', '-b', 'base.raw', '-F', 'raw', join(files, 'child.qcow2')])
    const child = engine.verb('disk', 'import', join(files, 'child.qcow2'), '--name', 'child')
    expect(child.code).toBe(1)
    expect(child.stderr).toContain('base.raw')
    expect(engine.verb('disk', 'show', 'child').code).toBe(1)
  })
})

describe.skipIf(!existsSync('/usr/bin/qemu-io'))('sealing', () => {
  const qemuIo = (target: string, ...commands: string[]) =>
    spawnSync(
      'qemu-io',
      [
        '-f',
        'raw',
        ...commands.flatMap((c) => ['-c', c]),
        `iscsi://${engine.ready.iscsi}/iqn.2026-11.app.bootlace:${target}/0`,
      ],
      {
        encoding: 'utf8',
        timeout: 30_000,
      },
    )

  test('a sealed disk keeps what was written, refuses writes from then on, and stays so over a restart', async () => {
    engine.verb('disk', 'create', 'gold', '--size', '8M', '--format', 'raw')
    expect(qemuIo('gold', 'write -P 65 1M 64k').stdout).toContain('wrote 65536/65536')
    const image = Buffer.alloc(8 * 2 ** 20)
    image.fill(65, 2 ** 20, 2 ** 20 + 65536)
    const contentHash = createHash('sha256').update(image).digest('hex')
    expect(engine.verb('disk', 'seal', 'gold')).toMatchObject({ code: 0, json: { sealed: true, contentHash } })
    expect(qemuIo('gold', 'write -P 66 1M 64k').stdout).not.toContain('wrote')
    expect(engine.verb('disk', 'seal', 'gold').stderr).toContain('golden image already')
    await engine.end()
    engine = await serveEngine(engine.dataDir)
    expect(engine.verb('disk', 'show', 'gold').json).toMatchObject({ sealed: true, contentHash, health: 'ok' })
    expect(qemuIo('gold', 'write -P 66 1M 64k').stdout).not.toContain('wrote')
    expect(readFileSync(join(engine.dataDir, 'disks', 'gold.img')).equals(image)).toBe(true)
    expect(engine.verb('disk', 'delete', 'gold').code).toBe(0)
  })

  test.each([
    ['raw', 'img', 'vhdx'],
    ['vhd', 'vhd', 'vhd'],
    ['vhdx', 'vhdx', 'vhdx'],
  ])(
    'clones of a %s image keep their own writes apart, the image unchanged, over a restart',
    async (format, ending, clones) => {
      engine.verb('disk', 'create', 'image', '--size', '16M', '--format', format)
      qemuIo('image', 'write -P 1 0 1M', 'write -P 2 8M 1M')
      expect(engine.verb('disk', 'clone', 'image', 'pc-01').stderr).toContain('no golden image yet')
      engine.verb('disk', 'seal', 'image')
      const imageFile = join(engine.dataDir, 'disks', `image.${ending}`)
      const before = readFileSync(imageFile)
      expect(engine.verb('disk', 'clone', 'image', 'kitchen')).toMatchObject({
        code: 0,
        json: [{ name: 'kitchen', parent: 'image', format: clones, sizeBytes: 16 * 2 ** 20, health: 'ok' }],
      })
      expect(engine.verb('disk', 'clone', 'image', '--count', '3', '--prefix', 'lan-').json).toMatchObject([
        { name: 'lan-01' },
        { name: 'lan-02' },
        { name: 'lan-03' },
      ])
      expect(qemuIo('kitchen', 'read -P 1 0 1M', 'read -P 2 8M 1M', 'read -P 0 4M 1M').stdout).not.toContain('Pattern')
      qemuIo('kitchen', 'write -P 9 512k 1M', 'flush')
      qemuIo('lan-01', 'write -P 8 512k 64k', 'discard 8M 1M', 'flush')
      const check = () => {
        const kitchen = qemuIo(
          'kitchen',
          'read -P 1 0 512k',
          'read -P 9 512k 1M',
          'read -P 0 1536k 512k',
          'read -P 2 8M 1M',
        )
        const lan = qemuIo('lan-01', 'read -P 1 0 512k', 'read -P 8 512k 64k', 'read -P 1 576k 448k', 'read -P 0 8M 1M')
        const other = qemuIo('lan-02', 'read -P 1 0 1M', 'read -P 2 8M 1M')
        for (const { stdout } of [kitchen, lan, other]) {
          expect(stdout).toContain('read ')
          expect(stdout).not.toMatch(/Pattern verification failed|error/i)
        }
      }
      check()
      await engine.end('SIGKILL')
      engine = await serveEngine(engine.dataDir)
      check()
      expect(readFileSync(imageFile).equals(before)).toBe(true)
      expect(engine.verb('disk', 'delete', 'image').stderr).toContain('is the image of kitchen, lan-01, lan-02')
      expect(engine.verb('disk', 'clone', 'image', 'kitchen').stderr).toContain('already a disk called kitchen')
      expect(engine.verb('disk', 'clone', 'image', 'new-one', 'kitchen').code).toBe(1)
      expect(engine.verb('disk', 'show', 'new-one').code).toBe(1)
      expect(engine.verb('disk', 'clone', 'image').code).toBe(64)
      // A clone can be sealed and cloned itself.
      expect(engine.verb('disk', 'seal', 'kitchen')).toMatchObject({ code: 0, json: { sealed: true } })
      engine.verb('disk', 'clone', 'kitchen', 'second')
      expect(qemuIo('second', 'read -P 1 0 512k', 'read -P 9 512k 1M', 'read -P 2 8M 1M').stdout).not.toContain(
        'Pattern',
      )
      for (const name of ['second', 'kitchen', 'lan-01', 'lan-02', 'lan-03', 'image']) {
        expect(engine.verb('disk', 'delete', name).code, name).toBe(0)
      }
      expect(readdirSync(join(engine.dataDir, 'disks')).filter((f) => /kitchen|lan-|image|second/.test(f))).toEqual([])
    },
  )

  test.each([
    ['vhd', 'vpc'],
    ['vhdx', 'vhdx'],
  ])('a %s of its own works as a disk, and QEMU reads its file', async (format, driver) => {
    expect(engine.verb('disk', 'create', `plain-${format}`, '--size', '16M', '--format', format)).toMatchObject({
      code: 0,
      json: { format },
    })
    qemuIo(`plain-${format}`, 'write -P 5 3M 1M', 'flush')
    expect(await engine.end()).toBe(0)
    const file = join(engine.dataDir, 'disks', `plain-${format}.${format}`)
    const read = spawnSync('qemu-io', ['-r', '-f', driver, '-c', 'read -P 5 3M 1M', '-c', 'read -P 0 0 3M', file], {
      encoding: 'utf8',
    })
    expect(read.stdout).toContain('read 1048576/1048576')
    expect(read.stdout).not.toContain('Pattern')
    engine = await serveEngine(engine.dataDir)
    expect(engine.verb('disk', 'show', `plain-${format}`).json).toMatchObject({ health: 'ok', sizeBytes: 16 * 2 ** 20 })
  })

  test('a disk that a PC has open is not sealed', async () => {
    engine.verb('disk', 'create', 'busy', '--size', '8M')
    const session = spawn('qemu-io', ['-f', 'raw', `iscsi://${engine.ready.iscsi}/iqn.2026-11.app.bootlace:busy/0`], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const ended = new Promise<void>((done) => session.on('exit', () => done()))
    session.stdin.write('read 0 4k\n')
    await new Promise<void>((done) => session.stdout.once('data', () => done()))
    expect(engine.verb('disk', 'seal', 'busy')).toMatchObject({ code: 1 })
    expect(engine.verb('disk', 'seal', 'busy').stderr).toContain('busy is open on a PC')
    session.stdin.end('quit\n')
    await ended
    expect(engine.verb('disk', 'seal', 'busy')).toMatchObject({ code: 0, json: { sealed: true } })
  })
})

describe('clients', () => {
  test('add, set, list, delete; a disk in use cannot be deleted', () => {
    engine.verb('disk', 'create', 'd1', '--size', '1G')
    expect(engine.verb('client', 'add', '52-54-00-00-00-01', '--name', 'pc-01', '--disk', 'd1')).toMatchObject({
      code: 0,
      json: { mac: '52:54:00:00:00:01', name: 'pc-01', disk: 'd1', stage: 'run', live: { stage: 'off' } },
    })
    expect(engine.verb('disk', 'delete', 'd1')).toMatchObject({ code: 1 })
    expect(engine.verb('client', 'add', '52:54:00:00:00:01').stderr).toContain('already called pc-01')
    expect(engine.verb('client', 'add', '52:54:00:00:00:02', '--disk', 'none').stderr).toContain(
      'there is no disk "none"',
    )
    expect(engine.verb('client', 'add', '52:54:00:00:00:02', '--kernel', '/no/such').stderr).toContain('does not exist')
    expect(engine.verb('client', 'set', 'pc-01', '--stage', 'install')).toMatchObject({
      json: { stage: 'install', disk: 'd1' },
    })
    expect(engine.verb('client', 'set', 'pc-01', '--disk', '').json).not.toHaveProperty('disk')
    expect((engine.verb('client', 'list').json as { name: string }[]).map((c) => c.name)).toEqual(['pc-01'])
    expect(engine.verb('client', 'delete', 'pc-01').code).toBe(0)
    expect(engine.verb('disk', 'delete', 'd1').code).toBe(0)
  })
  test('an unknown machine that asks for its script shows up with its MAC, and in the events', async () => {
    const script = await (await fetch(`${engine.ready.http}/client/52-54-00-aa-bb-cc/boot.ipxe`)).text()
    expect(script).toMatch(/^#!ipxe\n/)
    expect(script).toContain('52:54:00:aa:bb:cc')
    expect(engine.verb('status').json).toMatchObject({ unknown: [{ mac: '52:54:00:aa:bb:cc' }] })
    const lines = runCli(['events', '--data', engine.dataDir, '--client', '52:54:00:aa:bb:cc', '--json']).json as {
      type: string
    }[]
    expect(lines.map((e) => e.type)).toEqual(['script'])
  })
})

describe('when things go wrong half-way', () => {
  /** A verb that goes on by itself until somebody ends it. */
  function running(...args: string[]) {
    const child = spawn(process.execPath, [cliPath, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const text = { out: '', err: '' }
    child.stdout.on('data', (data) => (text.out += String(data)))
    child.stderr.on('data', (data) => (text.err += String(data)))
    const ended = new Promise<number | null>((done) => child.on('close', (code) => done(code)))
    return { child, text, ended }
  }
  /** Large enough to be under way for a while, and it takes no space. */
  function largeImage(): string {
    const path = join(files, 'large.img')
    writeFileSync(path, 'x')
    truncateSync(path, 200 * 2 ** 30)
    return path
  }

  test('a disk of the name that is being imported is refused, and Ctrl+C leaves nothing of the import', async () => {
    const verb = running('disk', 'import', largeImage(), '--name', 'big', '--data', engine.dataDir)
    await expect.poll(() => verb.text.err, { timeout: 20_000 }).toContain('Importing big')
    expect(engine.verb('disk', 'create', 'big', '--size', '1G').stderr).toContain('is being made')
    verb.child.kill('SIGINT')
    expect(await verb.ended).toBe(1)
    expect(verb.text.err).toMatch(/was cancelled\. Start it again when you like; nothing was changed\.\n$/)
    expect(readdirSync(join(engine.dataDir, 'disks')).filter((name) => name.startsWith('big'))).toEqual([])
    expect(engine.verb('disk', 'create', 'big', '--size', '1G').code).toBe(0)
    engine.verb('disk', 'delete', 'big')
  })

  test('an engine that dies ends the verbs that wait for it with 3 and a word; its next start tidies up', async () => {
    const other = await serveEngine()
    const part = join(other.dataDir, 'disks', 'big.vhdx')
    const verb = running('disk', 'import', largeImage(), '--name', 'big', '--data', other.dataDir)
    await expect.poll(() => existsSync(part), { timeout: 20_000 }).toBe(true)
    const events = running('events', '--follow', '--data', other.dataDir)
    await fetch(`${other.ready.http}/client/52-54-00-00-00-77/boot.ipxe`)
    await expect.poll(() => events.text.out, { timeout: 20_000 }).toContain('52:54:00:00:00:77')
    await other.end('SIGKILL')
    expect(await verb.ended).toBe(3)
    expect(verb.text.err).toMatch(/bootlace: the engine ended\. Start the engine again\.\n$/)
    expect(await events.ended).toBe(3)
    expect(events.text.err).toMatch(/^bootlace: the engine ended\. Start the engine again\.\n$/)
    const again = await serveEngine(other.dataDir)
    expect(existsSync(part)).toBe(false)
    expect(again.verb('status').json).toMatchObject({
      jobs: [{ title: 'Importing big', state: 'failed', problem: { code: 'job.interrupted' } }],
    })
    await again.remove()
  })

  test('an import is cut off by SIGTERM, which still ends with 0', async () => {
    const other = await serveEngine()
    const verb = running('disk', 'import', largeImage(), '--name', 'big', '--data', other.dataDir)
    await expect.poll(() => verb.text.err, { timeout: 20_000 }).toContain('Importing big')
    expect(await other.end()).toBe(0)
    expect([1, 3]).toContain(await verb.ended)
    expect(readdirSync(join(other.dataDir, 'disks'))).toEqual([])
    rmSync(other.dataDir, { recursive: true })
  })

  test('callers that stand still do not hold SIGTERM up', async () => {
    const other = await serveEngine()
    // One that asks much and reads nothing, one that was refused and keeps its half open.
    const greedy = connect({ path: join(other.dataDir, 'control.sock'), allowHalfOpen: true })
    greedy.pause()
    for (let id = 0; id < 500; id++) greedy.write(`{"id":${id},"method":"snapshot"}\n`)
    const { port, host } = new URL(other.ready.admin)
    const refused = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true })
    refused.write(`GET /none HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
    await new Promise((done) => refused.once('data', done))
    for (const socket of [greedy, refused]) socket.on('error', () => {})
    const started = performance.now()
    expect(await other.end()).toBe(0)
    expect(performance.now() - started).toBeLessThan(8000)
    greedy.destroy()
    refused.destroy()
    rmSync(other.dataDir, { recursive: true })
  })

  test('a reader that goes away ends a verb quietly, and never the engine', async () => {
    const verb = running('events', '--follow', '--data', engine.dataDir, '--json')
    verb.child.stdout.destroy()
    const other = await serveEngine()
    other.process.stdout!.destroy()
    other.process.stderr!.destroy()
    for (let i = 0; i < 5; i++) {
      await fetch(`${other.ready.http}/client/52-54-00-00-00-8${i}/boot.ipxe`)
      await fetch(`${engine.ready.http}/client/52-54-00-00-00-8${i}/boot.ipxe`)
    }
    expect(await verb.ended).toBe(0)
    expect(verb.text.err).toBe('')
    expect(other.verb('status').code).toBe(0)
    expect(await other.end()).toBe(0)
    expect(readFileSync(join(other.dataDir, 'logs', 'engine.log'), 'utf8')).not.toContain('bug')
    rmSync(other.dataDir, { recursive: true })
  })

  test('in a folder that others can enter, none of what holds a secret can be read by them', async () => {
    const dataDir = newDataDir()
    chmodSync(dataDir, 0o755)
    const other = await serveEngine(dataDir)
    for (const name of readdirSync(dataDir).filter((n) => n !== 'engine.pid')) {
      const path = join(dataDir, name)
      const open =
        statSync(path).isDirectory() && name === 'logs' ? readdirSync(path).map((n) => join(path, n)) : [path]
      for (const one of open) expect(`${one} ${(statSync(one).mode & 0o077).toString(8)}`).toBe(`${one} 0`)
    }
    const log = readFileSync(join(dataDir, 'logs', 'engine.log'), 'utf8')
    expect(log).not.toContain(other.ready.admin.split('token=')[1])
    await other.remove()
  })
})

test('a restart keeps disks and clients; SIGTERM ends with 0', async () => {
  engine.verb('disk', 'create', 'kept', '--size', '1G')
  engine.verb('client', 'add', '52:54:00:00:00:09', '--name', 'pc-09', '--disk', 'kept')
  const before = engine.verb('disk', 'show', 'kept').json as { serial: string }
  expect(await engine.end()).toBe(0)
  engine = await serveEngine(engine.dataDir)
  expect(engine.verb('client', 'show', 'pc-09').json).toMatchObject({ disk: 'kept' })
  expect(engine.verb('disk', 'show', 'kept').json).toMatchObject({ serial: before.serial, health: 'ok' })
  expect(await engine.end('SIGKILL')).toBeNull()
  engine = await serveEngine(engine.dataDir)
  expect(engine.verb('disk', 'show', 'kept').json).toMatchObject({ serial: before.serial, health: 'ok' })
})
