import { z } from 'zod'
import { Problem } from './problem.ts'

/** Shapes of the first evening: what is looked at before a boot, the draft of the wizard, the window in which new PCs
 *  are given names and disks by themselves, and answer files. */

/** One thing that a boot depends on. */
export const PreflightCheck = z.object({
  /** `interface`, `port.dhcp`, `otherDhcp`, `firewall`, `space`, `selfTest.offer` … */
  id: z.string(),
  /** `problem`: PCs will not boot. `warning`: some may not. `unknown`: it could not be looked at. */
  severity: z.enum(['ok', 'warning', 'problem', 'unknown']),
  /** What was found, one sentence. */
  title: z.string(),
  detail: z.string().optional(),
  /** What to do. */
  hint: z.string().optional(),
})
export const PreflightQuery = z.object({
  /** Goes the way of a PC, from its first question to its first script; takes some seconds. */
  selfTest: z.boolean().optional(),
})
/** In the order in which a boot needs them. */
export const PreflightReport = z.object({ atMs: z.number(), checks: z.array(PreflightCheck) })

export const SetupGoal = z.enum(['install', 'image', 'convert', 'boot'])
export const SetupSystem = z.enum(['windows', 'debian', 'dracut', 'arch', 'other'])
export const SetupMedium = z.enum(['cd', 'http', 'iso'])

/** What the wizard asked so far. One at a time; kept by the engine, so that another window, or the next day, goes on with
 *  it. What was done is seen from disks and PCs, not from here. */
export const SetupDraft = z.object({
  /** Id of the step that is shown. */
  step: z.string(),
  goal: SetupGoal.optional(),
  mac: z.string().optional(),
  pcName: z.string().optional(),
  firmware: z.enum(['BIOS', 'UEFI']).optional(),
  system: SetupSystem.optional(),
  medium: SetupMedium.optional(),
  /** Paths on the computer that runs the engine. */
  isoFile: z.string().optional(),
  /** Whether the installer on it starts over the network, whatever the firmware. */
  isoNetwork: z.boolean().optional(),
  /** What keeps it from being installed: nothing helps, or somebody must take it knowingly. */
  isoBlock: z.enum(['refuse', 'stop']).optional(),
  isoKnowingly: z.boolean().optional(),
  kernelFile: z.string().optional(),
  initrdFile: z.string().optional(),
  kernelArgs: z.string().optional(),
  /** Disk image to bring in. */
  importFile: z.string().optional(),
  diskName: z.string().optional(),
  diskSizeBytes: z.number().int().positive().optional(),
  /** A job that the draft waits for. */
  jobId: z.string().optional(),
  /** Steps that the reader said are done, where nothing else can tell. */
  confirmed: z.array(z.string()).max(100),
  imageName: z.string().optional(),
  clonePrefix: z.string().optional(),
  cloneCount: z.number().int().min(1).max(256).optional(),
  changedMs: z.number(),
})

/** PCs that nobody has named and that switch on now become pc-04, pc-05 … each with a disk made from the image. */
export const NewEnrolment = z.object({
  image: z.string(),
  prefix: z.string(),
  /** PCs at most. */
  count: z.number().int().min(1).max(256),
  /** How long it stays open. */
  minutes: z
    .number()
    .int()
    .min(1)
    .max(24 * 60),
})
export const EnrolmentView = z.object({
  image: z.string(),
  prefix: z.string(),
  endsMs: z.number(),
  /** PCs that may still come. */
  left: z.number(),
  /** Names of the PCs that came, oldest first. */
  enrolled: z.array(z.string()),
  /** Why the last PC that came could not be given a disk; it stays among the new PCs and is tried again when it starts. */
  problem: Problem.optional(),
  /** Absent while it is open. It ends by itself when all PCs have come or its time is over. */
  ended: z.enum(['count', 'time', 'stopped']).optional(),
})

/** For `autounattend.xml` on a Windows medium, and for sysprep. */
export const AnswerFileQuery = z.object({
  kind: z.enum(['install', 'generalize']),
  firmware: z.enum(['BIOS', 'UEFI']),
  /** BCP 47, e.g. `de-DE`. */
  language: z.string().regex(/^[a-z]{2,3}-[A-Z]{2}$/),
  /** Of the account that is made; a name of letters, digits, dots and hyphens. Default: `user`. */
  userName: z.string().max(20).optional(),
  /** Of that account; it stands in the file for everybody to read. Without one the account has no password. */
  password: z.string().max(127).optional(),
  /** As Windows calls it, e.g. `W. Europe Standard Time`. Without one Windows guesses by its language. */
  timeZone: z.string().max(80).optional(),
  /** Of the Windows that is installed. Default: `amd64`. */
  architecture: z.enum(['amd64', 'x86', 'arm64']).optional(),
  /** ISO with the edition: it is looked up there, with its processor and build. A path on the computer that runs the
   *  engine. */
  medium: z.string().optional(),
  /** Which edition of the medium, by its number from 1 or else its name; without either Setup asks. */
  editionIndex: z.int().min(1).max(255).optional(),
  editionName: z.string().max(259).optional(),
  /** As the medium says it, e.g. `Professional`: for `genericKey`. */
  editionId: z.string().max(80).optional(),
  /** Of the Windows, e.g. 26100, where it is known. */
  buildNumber: z.int().min(6000).max(999_999).optional(),
  /** It stands in the file for everybody to read. Without one Setup asks. */
  productKey: z.string().max(29).optional(),
  /** With the key that Microsoft publishes for the edition; it activates nothing. */
  genericKey: z.boolean().optional(),
  /** Windows 11 installs where its Setup would refuse. Default: false. */
  skipChecks: z.boolean().optional(),
  /** Folders with drivers, as the installer sees them. */
  driverPaths: z.array(z.string().max(259)).max(16).optional(),
  noDriveEncryption: z.boolean().optional(),
  /** Default: `none`. */
  pageFile: z.enum(['none', 'automatic']).optional(),
  /** `client`: each PC is called as it is here. `random`: Windows makes a name up. Default: `client` for sysprep. */
  computerName: z.enum(['client', 'random']).optional(),
  /** Where a clone may ask for its name when its boot table does not tell it; it stands in the image. */
  serverUrl: z.string().max(120).optional(),
})
export const AnswerFile = z.object({ name: z.string(), text: z.string() })

/** An answer file of the user's own. */
export const AnswerCheckQuery = z.object({ text: z.string().max(4 * 1024 * 1024) })
export const AnswerFinding = z.object({
  /** From 1. */
  line: z.number(),
  /** problem: Windows refuses or ignores it; warning: probably not meant so; unknown: it was not checked. */
  severity: z.enum(['problem', 'warning', 'unknown']),
  /** What it is about, for programs: `pass`, `element`, `type`, … */
  rule: z.string(),
  /** One sentence. */
  text: z.string(),
})

export type PreflightCheck = z.infer<typeof PreflightCheck>
export type PreflightReport = z.infer<typeof PreflightReport>
export type SetupDraft = z.infer<typeof SetupDraft>
export type NewEnrolment = z.infer<typeof NewEnrolment>
export type EnrolmentView = z.infer<typeof EnrolmentView>
export type AnswerFileQuery = z.infer<typeof AnswerFileQuery>
export type AnswerFinding = z.infer<typeof AnswerFinding>
