/** Numbers of Windows on which more than one part of the program decides. */

/** First builds. Windows 11 24H2 and Server 2025 are both 26100. */
export const BUILD = {
  windows7: 7600,
  windows8: 9200,
  windows10: 10240,
  germanium: 26100,
  release25h2: 26200,
} as const

/** What stands behind the point of the first build with a correction. Without KB5074105 24H2 and 25H2 start from iSCSI only once, as
 *  users report; without KB5051987 Server 2025 stops with cards that are polled (NDIS), as news of February 2025 say. */
export const REVISION = { kb5051987: 3194, kb5065426: 6584, kb5074105: 7705 } as const
