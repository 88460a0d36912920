export function shippedPackages(lock: {
  packages: Record<string, { version?: string; license?: string; dev?: boolean }>
}): { name: string; version: string; licence: string }[]
