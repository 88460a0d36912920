type Run = (command: string, args: readonly string[]) => { stdout: string | null }

export function npmCommand(env?: NodeJS.ProcessEnv): string[]
export function missingPackages(packages: readonly string[], run?: Run): string[]
export function offeredPackages(packages: readonly string[], run?: Run): string[]
export function once(stamp: string, input: string, title: string, work: () => Promise<unknown>): Promise<void>
export function installPackages(
  folder?: string,
  install?: (command: string, args: readonly string[]) => Promise<unknown>,
): Promise<void>
