import type { PathNews } from './boot-path.ts'

/** News of a machine's way, for people. */
export interface TellableNews {
  readonly text: string
  /** It stands still because of it; after all other news it goes on. */
  readonly isFailure?: true
}

export function tell(news: PathNews): TellableNews {
  switch (news.is) {
    case 'loaderChanged':
      return { text: `It did not get further with ${news.from} last time, now it is given ${news.to}.` }
    case 'loaderStuck':
      return {
        text: `It did not get further with ${news.loader} last time, and there is no other loader that it may be given.`,
        isFailure: true,
      }
    case 'loaderWorked':
      return { text: `It got further with ${news.loader}: that is remembered.` }
    case 'formChanged':
      return {
        text:
          news.to === 'pxe10'
            ? 'It did nothing with two offers: now the offer itself tells it to take the file.'
            : 'It did nothing with two offers: now it is asked to come for its file (port 4011).',
      }
    case 'loop':
      return {
        text: `It fetched ${news.loader} and asked for a loader again, ${news.times} times within seconds: it is not answered for a while, so that it goes on to its next boot device.`,
        isFailure: true,
      }
  }
}
