import { Menu, nativeImage, nativeTheme, Tray, type MenuItemConstructorOptions, type NativeImage } from 'electron'
import { drawTrayIcon, panelInk, toBgra } from './tray-icon.ts'
import type { TrayAction, TrayIconState, TrayState } from './tray-menu.ts'

export interface TrayFace {
  show(state: TrayState): void
  destroy(): void
}

/** Puts the tray's data on the panel. Errors: where there is no tray at all, Electron throws. */
export function openTray(first: TrayState, onAction: (action: TrayAction) => void): TrayFace {
  const tray = new Tray(pictureOf(first.icon))
  // Setting a menu closes the one that is open: only what changed is set.
  const shown = { menu: '', icon: '', state: first }
  const show = (state: TrayState): void => {
    shown.state = state
    const icon = JSON.stringify([state.icon, nativeTheme.shouldUseDarkColors])
    if (icon !== shown.icon) tray.setImage(pictureOf(state.icon))
    shown.icon = icon
    const menu = JSON.stringify([state.items, state.tooltip])
    if (menu === shown.menu) return
    shown.menu = menu
    tray.setToolTip(state.tooltip)
    tray.setContextMenu(Menu.buildFromTemplate(state.items.map((item) => menuItem(item, onAction))))
  }
  show(first)
  const redraw = () => show(shown.state)
  nativeTheme.on('updated', redraw)
  tray.on('click', () => onAction({ do: 'open' }))
  return {
    show,
    destroy() {
      nativeTheme.off('updated', redraw)
      tray.destroy()
    },
  }
}

function menuItem(
  item: TrayState['items'][number],
  onAction: (action: TrayAction) => void,
): MenuItemConstructorOptions {
  if ('separator' in item) return { type: 'separator' }
  const { action } = item
  // `&` would underline the letter after it.
  const label = item.label.replaceAll('&', '&&')
  return action ? { label, click: () => onAction(action) } : { label, enabled: false }
}

/** For ordinary and for fine screens. */
const SCALES = [1, 2, 3] as const

function pictureOf(state: TrayIconState): NativeImage {
  const ink = panelInk({
    platform: process.platform,
    desktop: process.env['XDG_CURRENT_DESKTOP'],
    isDark: nativeTheme.shouldUseDarkColors,
  })
  const image = nativeImage.createEmpty()
  for (const scale of SCALES) {
    const picture = drawTrayIcon(state, ink, scale)
    const { size } = picture
    const one = nativeImage.createFromBitmap(Buffer.from(toBgra(picture)), { width: size, height: size })
    image.addRepresentation({ scaleFactor: scale, width: size, height: size, buffer: one.toPNG() })
  }
  if (process.platform === 'darwin') image.setTemplateImage(true)
  return image
}
