export interface Channel {
  readonly url: string
  readonly publicKey: string
  readonly windowsPublisher: string | null
}
export function readUpdateChannel(env?: Record<string, string | undefined>): Channel | null
export function signChannelFile(file: string, pem: string, publicKey: string): string
export function newKeys(): { privateKey: string; publicKey: string }
