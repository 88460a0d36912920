import { expect, test } from 'vitest'
import { autostartFile, autostartText, ownCommand } from '../../../src-main/shell/login-item.ts'

const exec = (command: string[]) => /^Exec=(.*)$/m.exec(autostartText(command))![1]

test('the file stands where desktops look for it', () => {
  expect(autostartFile({}, '/home/a')).toBe('/home/a/.config/autostart/bootlace.desktop')
  expect(autostartFile({ XDG_CONFIG_HOME: '/c' }, '/home/a')).toBe('/c/autostart/bootlace.desktop')
})

test('plain words stand as they are, others in quotes', () => {
  expect(exec(['/opt/Bootlace/bootlace', '--hidden'])).toBe('/opt/Bootlace/bootlace --hidden')
  expect(exec(['/home/a b/Boot.AppImage'])).toBe('"/home/a b/Boot.AppImage"')
  expect(exec(['/a/100%/b'])).toBe('/a/100%%/b')
  expect(exec(['/a"$b`\\'])).toBe('"/a\\\\"\\\\$b\\\\`\\\\\\\\"')
})

test('what starts is this program again, hidden', () => {
  const o = { execPath: '/opt/bootlace', isPackaged: true, appPath: '/opt/app.asar', env: {} }
  expect(ownCommand(o)).toEqual(['/opt/bootlace', '--hidden'])
  expect(ownCommand({ ...o, isPackaged: false, appPath: '/src' })).toEqual(['/opt/bootlace', '/src', '--hidden'])
  expect(ownCommand({ ...o, env: { APPIMAGE: '/home/a/B.AppImage' } })).toEqual(['/home/a/B.AppImage', '--hidden'])
})
