import { expect, test } from 'vitest'
import { LoginGuard } from '../../../src-main/iscsi/login-guard.ts'

const pc = (name: string, remoteAddress = '10.0.0.5') => ({ initiatorName: name, remoteAddress })

test('who gives one wrong password after the other must wait, and nobody else', () => {
  const guard = new LoginGuard()
  for (let i = 0; i < 19; i++) guard.failed(pc('a'), 0)
  expect(guard.isBlocked(pc('a'), 0)).toBe(false)
  guard.failed(pc('a'), 0)
  expect(guard.isBlocked(pc('a'), 0)).toBe(true)
  expect(guard.isBlocked(pc('b'), 0)).toBe(false)
  expect(guard.isBlocked(pc('a', '10.0.0.6'), 0)).toBe(false)
})

test('one guess a second is what is left, and time heals it all', () => {
  const guard = new LoginGuard()
  let tried = 0
  for (let ms = 0; ms < 60_000; ms += 10) {
    if (guard.isBlocked(pc('a'), ms)) continue
    tried++
    guard.failed(pc('a'), ms)
  }
  expect(tried).toBeGreaterThanOrEqual(20 + 58)
  expect(tried).toBeLessThanOrEqual(20 + 61)
  expect(guard.isBlocked(pc('a'), 61_001)).toBe(false)
  for (let i = 0; i < 19; i++) guard.failed(pc('a'), 90_000)
  expect(guard.isBlocked(pc('a'), 90_000)).toBe(false)
})

test('a PC with an old password that tries every five seconds is never held up', () => {
  const guard = new LoginGuard()
  for (let ms = 0; ms < 3_600_000; ms += 5000) {
    expect(guard.isBlocked(pc('a'), ms)).toBe(false)
    guard.failed(pc('a'), ms)
  }
})

test('a clock that is put back opens nothing and locks nobody out', () => {
  const guard = new LoginGuard()
  for (let i = 0; i < 20; i++) guard.failed(pc('a'), 100_000)
  expect(guard.isBlocked(pc('a'), 50_000)).toBe(true)
  guard.failed(pc('b'), 100_000)
  expect(guard.isBlocked(pc('b'), 50_000)).toBe(false)
})

test('its memory has bounds: the oldest is forgotten first', () => {
  const guard = new LoginGuard()
  for (let i = 0; i < 20; i++) guard.failed(pc('first'), 0)
  for (let i = 0; i < 1023; i++) guard.failed(pc(`n${i}`), 0)
  expect(guard.isBlocked(pc('first'), 0)).toBe(true)
  guard.failed(pc('one too many'), 0)
  expect(guard.isBlocked(pc('first'), 0)).toBe(false)

  const bytes = (n: number) => Uint8Array.of(n >> 8, n & 255)
  for (let i = 0; i < 1025; i++) guard.remember(bytes(i))
  expect(guard.isOurs(bytes(0))).toBe(false)
  expect(guard.isOurs(bytes(1))).toBe(true)
  expect(guard.isOurs(bytes(1024))).toBe(true)
})
