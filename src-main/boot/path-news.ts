import type { PathNews } from './boot-path.ts'

/** News of a machine's way, in one or two sentences for people. */
export function describeNews(news: PathNews): string {
  switch (news.is) {
    case 'loaderChanged':
      return `It did not get further with ${news.from} last time, now it is given ${news.to}.`
    case 'loaderStuck':
      return `It did not get further with ${news.loader} last time, and there is no other loader for it.`
    case 'loaderWorked':
      return `It got further with ${news.loader}: that is remembered.`
    case 'formChanged':
      return news.to === 'pxe10'
        ? 'It did nothing with two offers: now the offer itself tells it to take the file.'
        : 'It did nothing with two offers: now it is asked to come for its file (port 4011).'
    case 'loop':
      return `It fetched ${news.loader} and asked for a loader again, ${news.times} times within seconds: it is not answered for a while, so that it goes on to its next boot device.`
  }
}

/** Where the machine is then: one in a loop is stuck, all others go on. */
export const isFailure = (news: PathNews): boolean => news.is === 'loop' || news.is === 'loaderStuck'
