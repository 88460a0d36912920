import { existsSync } from 'node:fs'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext } from 'playwright-core'

export const chromiumPath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path))

/** The entry of the menu that leads to the PCs. Its neighbour begins with the same word in German. */
export const PCS_ENTRY = /^PCs(?! einrichten)/

/** A headless browser with a profile of its own that is removed with it. */
export async function openBrowser(
  o: {
    colorScheme?: 'light' | 'dark'
    /** Wraps its command line, for instance to run in a network namespace. */
    inside?: (command: readonly string[]) => readonly string[]
  } = {},
): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const profile = mkdtempSync(join(tmpdir(), 'bootlace-browser-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: o.inside ? wrapped(profile, o.inside([chromiumPath!])) : chromiumPath!,
    headless: true,
    viewport: { width: 1180, height: 800 },
    colorScheme: o.colorScheme ?? 'light',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // It would ask the world for updates.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  })
  return {
    context,
    async close() {
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

/** A program that passes its arguments on to a command line. */
function wrapped(folder: string, command: readonly string[]): string {
  const file = join(folder, 'start-browser')
  writeFileSync(file, `#!/bin/sh\nexec ${command.map((word) => `'${word}'`).join(' ')} "$@"\n`, { mode: 0o755 })
  return file
}
