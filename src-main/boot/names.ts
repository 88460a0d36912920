/** Names on the wire. Source: the project's contract; iSCSI names are lower case (RFC 3722 §6.2, RFC 7143 §4.2.7). */

const PREFIX = 'iqn.2026-11.app.bootlace:'
const CLIENT_PREFIX = `${PREFIX}client.`

/** The target of a disk; LUN 0 is the system disk. */
export const targetNameOf = (diskName: string): string => PREFIX + diskName.toLowerCase()

/** The initiator name a client carries from the loader into its system. */
export const initiatorNameOf = (clientName: string): string => CLIENT_PREFIX + clientName.toLowerCase()

/** The client's name in an initiator name of ours, `undefined` for a foreign one. */
export const clientNameOf = (initiatorName: string): string | undefined =>
  initiatorName.startsWith(CLIENT_PREFIX) ? initiatorName.slice(CLIENT_PREFIX.length) : undefined

/** A target that has nothing but the medium a client installs from. */
export const mediumTargetNameOf = (clientName: string): string => `${PREFIX}medium.${clientName.toLowerCase()}`
