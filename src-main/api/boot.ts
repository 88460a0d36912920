import { z } from 'zod'

/** What is chosen for all PCs about their start: menu, maintenance, own scripts. */

export const MenuEntry = z.enum(['disk', 'second', 'local', 'install', 'maintenance', 'scripts', 'shell'])

/** The menu at a PC. What is left out is as for all PCs. */
export const BootMenu = z.object({
  title: z.string().optional(),
  /** 0: waits until somebody chooses. */
  timeoutSeconds: z.number().int().nonnegative().optional(),
  /** In the order in which they are shown. */
  entries: z.array(MenuEntry).readonly().optional(),
  /** What is started when nobody chooses. */
  preset: MenuEntry.optional(),
  /** Entries that ask for the password of the menu. */
  locked: z.array(MenuEntry).readonly().optional(),
})

/** What a PC starts for being looked after: a kernel with its initrd, or a script, by file path on the engine's computer. */
export const Maintenance = z.object({
  kernel: z.string().optional(),
  initrd: z.string().optional(),
  kernelArgs: z.string().optional(),
  script: z.string().optional(),
  /** The PC's disk is attached before. */
  attachDisk: z.boolean(),
})

export const BootChoices = z.object({
  menu: z.object({
    title: z.string().optional(),
    timeoutSeconds: z.number(),
    entries: z.array(MenuEntry).readonly(),
    preset: MenuEntry,
    locked: z.array(MenuEntry).readonly(),
  }),
  /** Whether there is a password for the entries that ask for one. It is not told. */
  menuPassword: z.boolean(),
  maintenance: Maintenance,
  /** Where the user's own scripts are. */
  scriptsFolder: z.string(),
})

/** Fields left out stay as they are; `null` takes a value away. */
export const BootChoicesChange = z.object({
  menu: z
    .object({
      title: z.string().nullable().optional(),
      timeoutSeconds: z.number().int().nonnegative().optional(),
      entries: z.array(MenuEntry).readonly().optional(),
      preset: MenuEntry.optional(),
      locked: z.array(MenuEntry).readonly().optional(),
    })
    .optional(),
  menuPassword: z.string().nullable().optional(),
  maintenance: z
    .object({
      kernel: z.string().nullable().optional(),
      initrd: z.string().nullable().optional(),
      kernelArgs: z.string().nullable().optional(),
      script: z.string().nullable().optional(),
      attachDisk: z.boolean().optional(),
    })
    .optional(),
  scriptsFolder: z.string().nullable().optional(),
})

export type MenuEntry = z.infer<typeof MenuEntry>
export type BootMenu = z.infer<typeof BootMenu>
export type Maintenance = z.infer<typeof Maintenance>
export type BootChoices = z.infer<typeof BootChoices>
export type BootChoicesChange = z.infer<typeof BootChoicesChange>

/** A script of the user's own. */
export const OwnScriptView = z.object({
  /** Below the folder of the scripts, and below /scripts/ for PCs. */
  path: z.string(),
  sizeBytes: z.number(),
  changedMs: z.number(),
  /** The one PC that it is for, e.g. `mac 52:54:00:12:34:56`. */
  forPc: z.string().optional(),
  /** Why it does not run; empty: nothing is known to be wrong. */
  problems: z.array(z.string()),
})
export type OwnScriptView = z.infer<typeof OwnScriptView>
