/** Keys that choose an edition and activate nothing. Source: Microsoft, "Key Management Services (KMS) client activation and
 *  product keys". Editions for home PCs have none there. By the edition's id, as the WIM says it, and from which build on
 *  (servers have one per version). */
const SETUP_KEYS: readonly (readonly [editionId: string, fromBuild: number, key: string])[] = [
  ['Professional', 10240, 'W269N-WFGWX-YVC9B-4J6C9-T83GX'],
  ['ProfessionalN', 10240, 'MH37W-N47XK-V7XM9-C7227-GCQG9'],
  ['ProfessionalWorkstation', 10240, 'NRG8B-VKK3Q-CXVCJ-9G2XF-6Q84J'],
  ['Education', 10240, 'NW6C2-QMPVW-D7KKK-3GKT6-VCFB2'],
  ['Enterprise', 10240, 'NPPR9-FWDCX-D2C8J-H872K-2YT43'],
  ['EnterpriseN', 10240, 'DPH2V-TTNVB-4X9Q3-TJR4H-KHJW4'],
  ['ServerStandard', 26100, 'TVRH6-WHNXV-R9WG3-9XRFY-MY832'],
  ['ServerDatacenter', 26100, 'D764K-2NDRG-47T6Q-P8T8W-YP6DF'],
  ['ServerStandard', 20348, 'VDYBN-27WPP-V4HQT-9VMD4-VMK7H'],
  ['ServerDatacenter', 20348, 'WX4NM-KYWYW-QJJR4-XV3QB-6VM33'],
  ['ServerStandard', 17763, 'N69G4-B89J2-4G8F4-WWYCC-J464C'],
  ['ServerDatacenter', 17763, 'WMDGN-G9PQG-XVVXX-R3X43-63DFG'],
  ['ServerStandard', 14393, 'WC2BQ-8NRM3-FDDYY-2BFGV-KHKQY'],
  ['ServerDatacenter', 14393, 'CB7KF-BWN84-R7R2Y-793K2-8XDDG'],
]

/** The key Setup takes for an edition without asking, `undefined` when Microsoft publishes none. */
export const setupKeyOf = (editionId: string, build: number): string | undefined =>
  SETUP_KEYS.find(([id, from]) => id === editionId && build >= from)?.[2]
