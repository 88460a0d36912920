export function electronProgram(): Promise<
  { command: string; args: string[]; env: Record<string, string>; notes: string[] } | undefined
>
export function standInElectron(): Promise<string | undefined>
