/** Read-only files without a file system behind them. `name` is lower case, with `/` between parts and none in front. */
export interface VirtualFiles {
  open(name: string, from: { readonly ip: string }): Uint8Array | undefined
}
