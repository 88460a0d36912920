import { z } from 'zod'

/** What people choose once for the whole program; kept by the engine, so that every window, the tray and the command line
 *  go by the same. The defaults stand here and nowhere else. */

export const Notifications = z.object({
  /** A PC started for the first time. */
  firstBoot: z.boolean().default(true),
  bootFailed: z.boolean().default(true),
  /** The computer's own disk is getting full. */
  diskFilling: z.boolean().default(true),
  /** A PC that nobody has set up asked for a boot. */
  unknownPc: z.boolean().default(true),
})

export const Settings = z.object({
  /** `system`: that of the computer. */
  language: z.enum(['system', 'en', 'de']).default('system'),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** The desktop app starts with the user's session, hidden in the tray. */
  startAtLogin: z.boolean().default(false),
  /** The computer does not go to sleep while PCs run from it. Done by the desktop app. */
  keepAwake: z.boolean().default(true),
  notifications: Notifications.prefault({}),
  /** How new PCs are named: `pc-{nn}` gives pc-01, pc-02 … */
  namePattern: z.string().min(1).max(24).default('pc-{nn}'),
  /** PCs that switch on now get no answer; those that run go on. */
  bootsPaused: z.boolean().default(false),
})

/** Fields left out stay as they are. */
export const SettingsChange = z.object({
  language: Settings.shape.language.unwrap().optional(),
  theme: Settings.shape.theme.unwrap().optional(),
  startAtLogin: z.boolean().optional(),
  keepAwake: z.boolean().optional(),
  notifications: z
    .object({
      firstBoot: z.boolean().optional(),
      bootFailed: z.boolean().optional(),
      diskFilling: z.boolean().optional(),
      unknownPc: z.boolean().optional(),
    })
    .optional(),
  namePattern: Settings.shape.namePattern.unwrap().optional(),
  bootsPaused: z.boolean().optional(),
})

export type Settings = z.infer<typeof Settings>
export type Notifications = z.infer<typeof Notifications>
export type SettingsChange = z.infer<typeof SettingsChange>
