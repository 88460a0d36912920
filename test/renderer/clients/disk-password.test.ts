import { flushSync } from 'svelte'
import { expect, test } from 'vitest'
import { EngineError } from '../../../src-main/api/caller.ts'
import type { ClientSecret } from '../../../src-main/api/dto.ts'
import { DiskPassword } from '../../../src-renderer/features/clients/disk-password.svelte.ts'
import type { AppState } from '../../../src-renderer/state/app-state.svelte.ts'
import { client } from '../views.ts'

const pc = client('pc-01')
const SECRET: ClientSecret = { id: 'pc-01', chap: 'on', username: 'pc-01', password: 'abcdefghjkmnpqrs' }

/** An engine that answers when the test says so. */
function scripted() {
  const asked: { method: string; input: unknown; answer(output: unknown): void; refuse(): void }[] = []
  const app = {
    call: (method: string, input: unknown) =>
      new Promise((answer, failed) =>
        asked.push({ method, input, answer, refuse: () => failed(new EngineError({ code: 'x', message: 'no' })) }),
      ),
  } as unknown as Pick<AppState, 'call'>
  const password = new DiskPassword(app)
  password.follow(pc)
  return { asked, password }
}

test('what is chosen is shown at once, and stays when the engine agrees', async () => {
  const { asked, password } = scripted()
  const done = password.choose('mutual')
  flushSync()
  expect(password.mode).toBe('mutual')
  expect(password.task.busy).toBe(true)
  expect(asked[0]).toMatchObject({ method: 'clientSet', input: { id: pc.mac, chap: 'mutual' } })
  asked[0]!.answer({ ...pc, chap: 'mutual' })
  await done
  expect(password.mode).toBe('mutual')
  expect(password.task.error).toBeUndefined()
})

test('what is refused goes back, and says why', async () => {
  const { asked, password } = scripted()
  const first = password.choose('on')
  asked[0]!.refuse()
  await first
  expect(password.mode).toBe('off')
  expect(password.task.error).toBe('No.')
  const only = password.only(true)
  expect(password.exclusive).toBe(true)
  asked[1]!.refuse()
  await only
  expect(password.exclusive).toBe(false)
})

test('the password is there only while somebody looks', async () => {
  const { asked, password } = scripted()
  password.follow({ ...pc, chap: 'on' })
  expect(password.secret).toBeUndefined()
  const shown = password.show()
  expect(asked[0]).toMatchObject({ method: 'clientSecret', input: { id: pc.mac } })
  asked[0]!.answer(SECRET)
  await shown
  expect(password.secret).toEqual(SECRET)
  password.hide()
  expect(password.secret).toBeUndefined()
  const renewed = password.renew()
  expect(asked[1]).toMatchObject({ method: 'clientSecretNew', input: { id: pc.mac } })
  asked[1]!.answer({ ...SECRET, password: 'new' })
  await renewed
  expect(password.secret?.password).toBe('new')
  password.follow({ ...pc, chap: 'off' })
  expect(password.secret).toBeUndefined()
})

test('one PC is never shown with the password of another', async () => {
  const { asked, password } = scripted()
  password.follow({ ...pc, chap: 'on' })
  const shown = password.show()
  password.follow({ ...client('pc-02'), chap: 'on' })
  asked[0]!.answer(SECRET)
  await shown
  expect(password.secret).toBeUndefined()
  const again = password.show()
  asked[1]!.answer({ ...SECRET, id: 'pc-02' })
  await again
  password.follow({ ...pc, chap: 'on' })
  expect(password.secret).toBeUndefined()
})
