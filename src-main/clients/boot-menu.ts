import { AppError } from '../base/errors.ts'

/** What a menu at the PC may offer. `disk` its system disk, `second` its second disk, `local` the PC's own drive, `install`
 *  and `maintenance` as the stages of these names, `scripts` the menu of the user's own scripts, `shell` iPXE's prompt. */
export const MENU_ENTRIES = ['disk', 'second', 'local', 'install', 'maintenance', 'scripts', 'shell'] as const
export type MenuEntry = (typeof MENU_ENTRIES)[number]

/** The menu at a PC; what is absent is as for all PCs. */
export interface BootMenu {
  readonly title?: string
  /** 0: waits until somebody chooses. */
  readonly timeoutSeconds?: number
  /** In the order in which they are shown. */
  readonly entries?: readonly MenuEntry[]
  /** What is started when nobody chooses. */
  readonly preset?: MenuEntry
  /** Entries that ask for the password of the menu. */
  readonly locked?: readonly MenuEntry[]
}

export const USUAL_MENU = {
  timeoutSeconds: 10,
  entries: ['disk', 'local'],
  preset: 'disk',
  locked: [],
} as const satisfies BootMenu

/** One menu with nothing absent but the title. */
export type WholeMenu = Required<Omit<BootMenu, 'title'>> & Pick<BootMenu, 'title'>

/** The PC's own wishes before those for all PCs. A preset that is not offered gives way to the first entry. */
export function menuOf(own: BootMenu | undefined, forAll: BootMenu): WholeMenu {
  const menu: WholeMenu = { ...USUAL_MENU, ...forAll, ...own }
  const open = menu.entries.filter((entry) => !menu.locked.includes(entry))
  return open.includes(menu.preset) ? menu : { ...menu, preset: open[0] ?? menu.entries[0]! }
}

const LONGEST_TITLE = 60
const LONGEST_TIMEOUT_SECONDS = 3600

/** Errors: client.menu. `forAll`: what stands where the menu itself says nothing. */
export function checkMenu(menu: BootMenu, forAll: BootMenu = {}): BootMenu {
  const refuse = (message: string, hint: string): never => {
    throw new AppError('client.menu', message, { hint })
  }
  const { title, timeoutSeconds, entries } = menu
  if (title !== undefined && (title.length > LONGEST_TITLE || /[^\x20-\x7e]|\$\{/.test(title)))
    refuse('the loader cannot show that title', `Use up to ${LONGEST_TITLE} plain letters, digits and signs.`)
  const whole = timeoutSeconds === undefined || (Number.isInteger(timeoutSeconds) && timeoutSeconds >= 0)
  if (!whole || (timeoutSeconds ?? 0) > LONGEST_TIMEOUT_SECONDS)
    refuse(`a menu cannot wait ${timeoutSeconds} seconds`, `Say 0 (for ever) to ${LONGEST_TIMEOUT_SECONDS}.`)
  if (entries?.length === 0) refuse('a menu needs an entry', `There are: ${MENU_ENTRIES.join(', ')}.`)
  const all: WholeMenu = { ...USUAL_MENU, ...forAll, ...menu }
  const { preset } = menu
  if (preset !== undefined && !all.entries.includes(preset))
    refuse(`the menu does not offer ${preset}`, `It offers: ${all.entries.join(', ')}.`)
  if (preset !== undefined && all.locked.includes(preset))
    refuse(
      `${preset} asks for a password, so it cannot be started when nobody is there`,
      'Choose another one to be started by itself, or take the password from it.',
    )
  if (all.entries.every((entry) => all.locked.includes(entry)))
    refuse('every entry of the menu asks for a password', 'Leave one of them open: it is started when nobody is there.')
  return menu
}
