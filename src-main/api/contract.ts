import { z } from 'zod'
import {
  ClientChange,
  ClientId,
  ClientSecret,
  ClientView,
  CloneDisk,
  DiskChange,
  DiskView,
  ExportDisk,
  ImportDisk,
  InspectDisk,
  JobView,
  Kept,
  MergeDisk,
  Named,
  NewClient,
  NewDisk,
  NewRestorePoint,
  OfflineReport,
  PromoteImage,
  Promoted,
  ResetDisk,
  RestorePointId,
  RestorePointView,
  RevertDisk,
  Snapshot,
  TimelineEntry,
  TimelineQuery,
} from './dto.ts'
import { AllowedInitiator, AllowInitiator, InitiatorName } from './access.ts'
import { MediumQuery, MediumReport } from './iso.ts'
import { BootChoices, BootChoicesChange, OwnScriptView } from './boot.ts'
import { ClientValues, DhcpChoice, DhcpView, Reserve, RouterConfig, RouterConfigQuery } from './dhcp.ts'
import { ClientIdentity, NewClients, UserData, UserDataChange, UserDataQuery } from './identity.ts'
import { Settings, SettingsChange } from './settings.ts'
import {
  AnswerCheckQuery,
  AnswerFile,
  AnswerFileQuery,
  AnswerFinding,
  EnrolmentView,
  NewEnrolment,
  PreflightQuery,
  PreflightReport,
  SetupDraft,
} from './setup.ts'
import { MediumView, NewMedium } from './medium.ts'
import { LogLine, LogQuery, Metrics, MetricsPoint, MetricsQuery } from './metrics.ts'

import {
  DriversQuery,
  DriversView,
  InstallAnswersQuery,
  InstallAnswersView,
  PutDrivers,
  PutInstallAnswers,
  PutWimboot,
  WimbootView,
} from './windows.ts'
import { NewWakeSchedule, WakeRequest, WakeScheduleView, Woken } from './wake.ts'

/** Everything a person's program may ask of the engine. One line adds a call; both sides follow by type. */
export interface Method<In extends z.ZodType = z.ZodType, Out extends z.ZodType = z.ZodType> {
  readonly kind: 'query' | 'command'
  readonly input: In
  readonly output: Out
}
const query = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Method<I, O> => ({
  kind: 'query',
  input,
  output,
})
const command = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Method<I, O> => ({
  kind: 'command',
  input,
  output,
})

const nothing = z.undefined().or(z.null())

export const contract = {
  snapshot: query(nothing, Snapshot),
  timeline: query(TimelineQuery, z.array(TimelineEntry)),
  metrics: query(MetricsQuery, Metrics),
  /** The newest lines of the engine's log, oldest first. */
  logTail: query(LogQuery, z.array(LogLine)),
  diskCreate: command(NewDisk, DiskView),
  /** Starts a job; follow it in `jobs`. */
  diskImport: command(ImportDisk, JobView),
  /** Makes it a golden image. Starts a job; follow it in `jobs`. */
  diskSeal: command(Named, JobView),
  /** Disks that hold only what differs from a sealed image; all of them or none. */
  diskClone: command(CloneDisk, z.array(DiskView)),
  /** Keeps a disk as it is, to come back to. */
  diskSnapshot: command(NewRestorePoint, RestorePointView),
  diskRevert: command(RevertDisk, Kept),
  diskReset: command(ResetDisk, Kept),
  /** Starts a job; follow it in `jobs`. */
  diskMerge: command(MergeDisk, JobView),
  diskPromote: command(PromoteImage, Promoted),
  /** Starts a job; follow it in `jobs`. */
  diskExport: command(ExportDisk, JobView),
  /** Starts a job; follow it in `jobs`. */
  diskCheck: command(Named, JobView),
  /** Starts a job; follow it in `jobs`. */
  diskDeletePoint: command(RestorePointId, JobView),
  diskSet: command(DiskChange, DiskView),
  /** Says what a disk image lacks for starting over the network. */
  diskInspect: query(InspectDisk, OfflineReport),
  diskDelete: command(Named, Named),
  /** Says what an ISO is, and how a PC installs from it. */
  mediumShow: query(MediumQuery, MediumReport),
  jobCancel: command(z.object({ id: z.string() }), JobView),
  clientAdd: command(NewClient, ClientView),
  clientSet: command(ClientChange, ClientView),
  clientDelete: command(ClientId, ClientId),
  /** Sends a Wake-on-LAN packet. */
  clientWake: command(ClientId, ClientId),
  /** Switches several on, one after the other. Returns when the first packet is sent. */
  wake: command(WakeRequest, Woken),
  wakeScheduleAdd: command(NewWakeSchedule, WakeScheduleView),
  wakeScheduleDelete: command(z.object({ id: z.number().int() }), z.object({ id: z.number() })),
  /** The password for its disks, of a PC that has one. */
  clientSecret: query(ClientId, ClientSecret),
  /** Makes a new one. */
  clientSecretNew: command(ClientId, ClientSecret),
  /** The next login of that initiator gets that disk. */
  clientAllow: command(AllowInitiator, AllowedInitiator),
  clientDisallow: command(InitiatorName, InitiatorName),
  /** Menu, maintenance and own scripts of all PCs. */
  bootChoices: query(nothing, BootChoices),
  bootChoicesChange: command(BootChoicesChange, BootChoices),
  /** The user's own scripts, each with what is wrong with it. */
  scriptsList: query(nothing, z.array(OwnScriptView)),
  /** Copies a folder of scripts into that of the engine; returns those that it brought. */
  scriptsImport: command(z.object({ folder: z.string() }), z.array(OwnScriptView)),
  /** Writes an image that PCs start from where DHCP and TFTP cannot be used. */
  mediumCreate: command(NewMedium, MediumView),
  settingsChange: command(SettingsChange, Settings),
  /** What the wizard asked so far. */
  setup: query(nothing, SetupDraft.nullable()),
  /** `null` forgets it. */
  setupSave: command(SetupDraft.nullable(), SetupDraft.nullable()),
  /** Looks at everything a boot depends on; some seconds. */
  preflight: query(PreflightQuery, PreflightReport),
  /** Gives names and disks to PCs that nobody has named and that switch on. One at a time; replaces one that is over. */
  enrolStart: command(NewEnrolment, EnrolmentView),
  /** Ends it and takes it from the snapshot; returns what came of it. */
  enrolStop: command(nothing, EnrolmentView.nullable()),
  /** The file that starts Windows Setup over the network. */
  wimboot: query(nothing, WimbootView),
  /** Takes a copy of it, or forgets it. */
  wimbootPut: command(PutWimboot, WimbootView),
  /** The drivers that Windows Setup is given for a disk, each with what it is good for. */
  drivers: query(DriversQuery, DriversView),
  driversPut: command(PutDrivers, DriversView),
  /** The answer file that Windows Setup is given on a PC over the network. */
  installAnswers: query(InstallAnswersQuery, InstallAnswersView),
  /** Counts from the next start of the PC on. */
  installAnswersPut: command(PutInstallAnswers, InstallAnswersView),
  answerFile: query(AnswerFileQuery, AnswerFile),
  /** What Windows would stumble over in an answer file, by line. */
  answerCheck: query(AnswerCheckQuery, z.array(AnswerFinding)),
  /** How PCs get their addresses and are told what to boot, with all that were given. */
  dhcp: query(nothing, DhcpView),
  /** Changes it at once, for PCs that switch on from now; those that run go on. */
  dhcpChoose: command(DhcpChoice, DhcpView),
  /** Keeps an address for one PC. */
  dhcpReserve: command(Reserve, DhcpView),
  /** What to write into a router that is to send PCs here. */
  routerConfig: query(RouterConfigQuery, z.array(RouterConfig)),
  /** What firmware or an iSCSI card is to be told by hand; the password comes from `clientSecret`. */
  clientValues: query(ClientId, ClientValues),
  /** Several PCs with the next free names, and disks made from an image if one is given. */
  clientAddMany: command(NewClients, z.array(ClientView)),
  /** What a system on its disk is told from others by. */
  clientIdentity: query(ClientId, ClientIdentity),
  /** What cloud-init of a PC, or of the PCs of an image, is told. */
  userData: query(UserDataQuery, UserData),
  userDataSet: command(UserDataChange, UserData),
  /** A file name list for the import dialog of a UI that has no file dialog of its own. */
  browse: query(
    z.object({ folder: z.string().optional() }),
    z.object({
      folder: z.string(),
      parent: z.string().optional(),
      entries: z.array(z.object({ name: z.string(), path: z.string(), folder: z.boolean(), sizeBytes: z.number() })),
    }),
  ),
} as const satisfies Record<string, Method>

export type Contract = typeof contract
export type MethodName = keyof Contract
export type Input<M extends MethodName> = z.input<Contract[M]['input']>
export type Output<M extends MethodName> = z.output<Contract[M]['output']>

/** What the engine implements. */
export type Handlers = { [M in MethodName]: (input: Input<M>) => Output<M> | Promise<Output<M>> }

/** What callers hold: the same over a process port, a local socket or a WebSocket. */
export interface Caller {
  call<M extends MethodName>(
    method: M,
    ...input: undefined extends Input<M> ? [Input<M>?] : [Input<M>]
  ): Promise<Output<M>>
}

/** What the engine says by itself. Snapshots are batched, at most four a second. */
export type EngineEvent =
  | { readonly event: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly event: 'timeline'; readonly entry: TimelineEntry }
  /** Once a second. */
  | { readonly event: 'metrics'; readonly point: MetricsPoint }
