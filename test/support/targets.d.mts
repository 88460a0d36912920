export interface RunningTarget {
  readonly url: string
  /** host:port */
  readonly portal: string
  readonly iqn: string
  readonly pid: number
  stop(): Promise<void>
}
export function hasProgram(program: string): boolean
export function freePort(): Promise<number>
export function startBootlace(file: string, options?: readonly string[]): Promise<RunningTarget>
export function startTgt(file: string): Promise<RunningTarget>
