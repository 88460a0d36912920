import type { WimImage } from '../wim/images.ts'

/** What a Windows is called, by its build. Source: learn.microsoft.com, "Windows 11 release information", "Windows 10 release
 *  information" and "Windows Server release information". */
export interface WindowsProduct {
  /** `Windows 11`, `Windows Server 2022`. */
  readonly product: string
  /** `24H2`; several where the medium cannot tell them apart, empty where there are none. */
  readonly release: string
  readonly server: boolean
}

interface Build {
  readonly from: number
  readonly client?: string
  readonly server?: string
  readonly release?: string
}

/** Oldest first; each holds up to the next. Some releases are another one with features switched on: their media carry the
 *  build of what they are made from. */
const BUILDS: readonly Build[] = [
  { from: 0, client: 'Windows XP or older', server: 'Windows Server 2003 or older' },
  { from: 6000, client: 'Windows Vista', server: 'Windows Server 2008' },
  { from: 7600, client: 'Windows 7', server: 'Windows Server 2008 R2' },
  { from: 9200, client: 'Windows 8', server: 'Windows Server 2012' },
  { from: 9600, client: 'Windows 8.1', server: 'Windows Server 2012 R2' },
  { from: 10240, client: 'Windows 10', server: 'Windows Server', release: '1507' },
  { from: 10586, client: 'Windows 10', server: 'Windows Server', release: '1511' },
  { from: 14393, client: 'Windows 10', server: 'Windows Server 2016', release: '1607' },
  { from: 15063, client: 'Windows 10', server: 'Windows Server', release: '1703' },
  { from: 16299, client: 'Windows 10', server: 'Windows Server', release: '1709' },
  { from: 17134, client: 'Windows 10', server: 'Windows Server', release: '1803' },
  { from: 17763, client: 'Windows 10', server: 'Windows Server 2019', release: '1809' },
  { from: 18362, client: 'Windows 10', server: 'Windows Server', release: '1903/1909' },
  { from: 18363, client: 'Windows 10', server: 'Windows Server', release: '1909' },
  { from: 19041, client: 'Windows 10', server: 'Windows Server', release: '2004–22H2' },
  { from: 19042, client: 'Windows 10', server: 'Windows Server', release: '20H2' },
  { from: 19043, client: 'Windows 10', release: '21H1' },
  { from: 19044, client: 'Windows 10', release: '21H2' },
  { from: 19045, client: 'Windows 10', release: '22H2' },
  { from: 19046, client: 'Windows 10' },
  { from: 20348, client: 'Windows 10', server: 'Windows Server 2022' },
  { from: 22000, client: 'Windows 11', server: 'Windows Server', release: '21H2' },
  { from: 22621, client: 'Windows 11', server: 'Windows Server', release: '22H2/23H2' },
  { from: 22631, client: 'Windows 11', server: 'Windows Server', release: '23H2' },
  { from: 22632, client: 'Windows 11', server: 'Windows Server' },
  { from: 25398, client: 'Windows 11', server: 'Windows Server', release: '23H2' },
  { from: 25399, client: 'Windows 11', server: 'Windows Server' },
  { from: 26100, client: 'Windows 11', server: 'Windows Server 2025', release: '24H2/25H2' },
  { from: 26200, client: 'Windows 11', server: 'Windows Server', release: '25H2' },
  { from: 26201, client: 'Windows 11', server: 'Windows Server' },
]

/** Servers that are named by their year say no release beside it. */
const isNamedByYear = (product: string): boolean => /Server \d{4}/.test(product)

export const isServer = (image: WimImage): boolean =>
  image.installationType === ''
    ? /^(Server|Lanman)NT$/.test(image.productType) || image.editionId.startsWith('Server')
    : image.installationType.startsWith('Server')

export function productOf(build: number | undefined, server: boolean): WindowsProduct {
  const found = build === undefined ? undefined : BUILDS.findLast((b) => build >= b.from)
  const product = (server ? found?.server : found?.client) ?? (server ? 'Windows Server' : 'Windows')
  return { product, release: isNamedByYear(product) ? '' : (found?.release ?? ''), server }
}
