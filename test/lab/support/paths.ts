import { join, resolve } from 'node:path'

/** The project's folder. */
export const projectDir = resolve(import.meta.dirname, '../../..')
/** Kept between runs: guest images, the answer to which accelerator works. Git-ignored. */
export const cacheDir = join(projectDir, '.cache/lab')
