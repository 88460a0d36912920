import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { takeLabLock } from './support/lock.ts'
import { openNetwork } from './support/network.ts'
import { cacheDir } from './support/paths.ts'
import { captureSync, startOfProcess } from './support/process.ts'
import { labGaps } from './support/requirements.ts'

/** Opens a lab in a process of its own, starts a program in it, and says where: `<lab's folder> <program's PID>`. */
const OWNER = `
  const { openNetwork } = await import('${join(import.meta.dirname, 'support/network.ts')}')
  const network = await openNetwork()
  console.log(network.dir, network.start('srv', 'sleeper', ['sleep', '600']).pid)
`

describe('the lab itself', () => {
  const gaps = labGaps()
  beforeEach((context) => {
    if (gaps.length === 0) return
    context.task.meta.reason = gaps.join('; ')
    context.skip(gaps.join('; '))
  })

  test('one at a time: the next waits until the lock is released', async () => {
    const name = `bootlace-lab-test-${process.pid}`
    const order: string[] = []
    const first = await takeLabLock(name)
    const second = takeLabLock(name).then((lock) => {
      order.push('taken')
      return lock
    })
    // A lock nobody holds is taken in as many turns of the loop as the second would need if it did not wait.
    await (await takeLabLock(`${name}-other`)).release()
    order.push('released')
    await first.release()
    await (await second).release()
    expect(order).toEqual(['released', 'taken'])
  })

  test("waits for another lab's process, and clears what that one left when it was killed", async () => {
    const owner = spawn(process.execPath, ['--input-type=module', '-e', OWNER], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const said = await new Promise<string>((resolve, reject) => {
      owner.stdout.setEncoding('utf8').once('data', resolve)
      owner.once('exit', (code) => reject(new Error(`the other lab ended with ${code}`)))
    })
    const [dir = '', pid = ''] = said.trim().split(' ')
    const name = dir.slice(dir.lastIndexOf('/') + 1)
    expect(captureSync(['ip', 'netns', 'list']).stdout).toContain(`${name}-srv`)

    const opening = openNetwork()
    owner.kill('SIGKILL')

    const network = await opening
    onTestFinished(() => network.close())
    expect(captureSync(['ip', 'netns', 'list']).stdout).not.toContain(name)
    expect(startOfProcess(Number(pid))).toBeUndefined()
    expect(existsSync(dir)).toBe(false)
    expect(existsSync(join(cacheDir, 'runs', name))).toBe(false)

    const own = network.dir.slice(network.dir.lastIndexOf('/') + 1)
    expect(captureSync(['ip', 'netns', 'list']).stdout).toContain(own)
    await network.close()
    expect(captureSync(['ip', 'netns', 'list']).stdout).not.toContain(own)
    expect(existsSync(network.dir)).toBe(false)
  })
})
