import { t } from '../../i18n/i18n.svelte.ts'
import type { Step } from '../../wizard/wizard.svelte.ts'
import {
  clientOf,
  confirmed,
  diskProblem,
  hasBooted,
  hasClone,
  hasDisk,
  isInstalled,
  isOff,
  isSealed,
  jobOf,
  mediumReady,
  pcProblem,
  room,
  runningIn,
  waitingClones,
  type World,
} from './facts.ts'
import ClonesPicture from './pictures/Clones.svelte'
import CheckPicture from './pictures/Check.svelte'
import DiskPicture from './pictures/Disk.svelte'
import GoalPicture from './pictures/Goal.svelte'
import ImagePicture from './pictures/Image.svelte'
import InstallPicture from './pictures/Install.svelte'
import PcPicture from './pictures/Pc.svelte'
import RunningPicture from './pictures/Running.svelte'
import SealPicture from './pictures/Seal.svelte'
import type { Setup, SetupDraft } from './setup.svelte.ts'
import BoardStep from './steps/BoardStep.svelte'
import BootStep from './steps/BootStep.svelte'
import ClonesStep from './steps/ClonesStep.svelte'
import CreateStep from './steps/CreateStep.svelte'
import DoneStep from './steps/DoneStep.svelte'
import ExistingDiskStep from './steps/ExistingDiskStep.svelte'
import FileStep from './steps/FileStep.svelte'
import GoalStep from './steps/GoalStep.svelte'
import GuestStep from './steps/GuestStep.svelte'
import ImportStep from './steps/ImportStep.svelte'
import InstallStep from './steps/InstallStep.svelte'
import NetworkStep from './steps/NetworkStep.svelte'
import OthersStep from './steps/OthersStep.svelte'
import PcStep from './steps/PcStep.svelte'
import SealStep from './steps/SealStep.svelte'
import SizeStep from './steps/SizeStep.svelte'
import SystemStep from './steps/SystemStep.svelte'

type SetupStep = Step<SetupDraft, World, Setup>

const always = () => true
const nothing = () => ''
const pc = (d: SetupDraft) => d.pcName ?? t('the PC')
const disk = (d: SetupDraft) => d.diskName ?? t('the disk')
/** Until a goal is chosen, the usual one is shown. */
const installs = (d: SetupDraft) => d.goal === 'install' || d.goal === undefined
const brings = (d: SetupDraft) => d.goal === 'image' || d.goal === 'convert'
/** All but a single PC with a disk that is here already: ends in an image and many PCs. */
const makesImage = (d: SetupDraft) => d.goal !== 'boot'
const makesMany = (d: SetupDraft) => makesImage(d) && (d.cloneCount ?? 2) > 1

/** Nobody who has a disk made from the image is still to be switched on. */
const allRun = (d: SetupDraft, w: World) => {
  const clients = room(d, w)
  return clients.length > 0 && runningIn(clients) === clients.length
}

/** The first evening, in order. What a goal does not need is left out. */
export const STEPS: readonly SetupStep[] = [
  {
    id: 'goal',
    short: () => t('Your goal'),
    title: () => t('What would you like to do?'),
    lead: () =>
      t(
        'This computer becomes the disk of your other PCs. You set one PC up with care; all others follow in a few minutes.',
      ),
    picture: GoalPicture,
    component: GoalStep,
    appliesTo: always,
    complete: (d) => d.goal !== undefined,
    missing: () => t('Choose one of the four.'),
  },
  {
    id: 'network',
    short: () => t('Network'),
    title: () => t('Is your network ready?'),
    lead: () =>
      t(
        'Bootlace goes the way that a PC will go, from its first question to its first instructions. Nothing on your network is changed.',
      ),
    picture: CheckPicture,
    component: NetworkStep,
    appliesTo: always,
    complete: (d, w) => w.report !== undefined || confirmed(d, 'network'),
    missing: () => t('Wait for the check to end.'),
    next: (_d, w) =>
      w.report?.checks.some((check) => check.severity === 'problem') ? t('Go on all the same') : t('Next'),
    onnext: (setup) => setup.confirm('network'),
  },
  {
    id: 'pc',
    short: () => t('PC'),
    title: () => t('Which PC comes first?'),
    lead: () =>
      t(
        'Connect it by cable and switch it on with network boot. It appears here by itself; until you set it up, it starts as it always did.',
      ),
    picture: PcPicture,
    component: PcStep,
    appliesTo: always,
    complete: (d, w) => pcProblem(d, w) === undefined,
    missing: (d, w) => {
      const problem = pcProblem(d, w)
      if (problem === 'mac') return t('Choose the PC.')
      return problem === 'taken'
        ? t('Another PC has this name already.')
        : t('Give it a name: at most 15 letters, digits and hyphens, like pc-01.')
    },
  },
  {
    id: 'system',
    short: () => t('System'),
    title: () => t('What do you install, and from where?'),
    lead: (d) =>
      t('{pc} gets an empty disk over the network and installs onto it like onto a drive of its own.', { pc: pc(d) }),
    picture: InstallPicture,
    component: SystemStep,
    appliesTo: installs,
    complete: mediumReady,
    missing: (d) => (d.system === undefined ? t('Choose the system.') : t('Choose where the installer comes from.')),
  },
  {
    id: 'file',
    short: () => t('Image'),
    title: (d) => (d.goal === 'convert' ? t('Where is the copy of its drive?') : t('Which image is it?')),
    lead: (d) =>
      d.goal === 'convert'
        ? t(
            'Copy the whole drive of that PC into a file first, for example with Disk2vhd or Clonezilla. Bootlace looks into it and says what it lacks.',
          )
        : t('The file of a whole disk: raw, qcow2, VMDK, VHD or VHDX. It is copied; the original is never changed.'),
    picture: ImagePicture,
    component: FileStep,
    appliesTo: brings,
    complete: (d, w) => !!d.importFile?.trim() || hasDisk(d, w),
    missing: () => t('Choose the file.'),
  },
  {
    id: 'disk',
    short: () => t('Disk'),
    title: () => t('Which disk does it get?'),
    lead: (d) => t('{pc} starts from it. Of an image it gets a disk of its own, which takes no time.', { pc: pc(d) }),
    picture: DiskPicture,
    component: ExistingDiskStep,
    appliesTo: (d) => d.goal === 'boot',
    complete: (d, w) => hasDisk(d, w) && clientOf(d, w)!.stage === 'run',
    missing: (d) => (d.diskName === undefined ? t('Choose a disk.') : t('Give the PC its disk.')),
  },
  {
    id: 'size',
    short: () => t('Name and size'),
    title: (d) => (installs(d) ? t('How large, and what is it called?') : t('What is it called?')),
    lead: (d) =>
      installs(d)
        ? t(
            'The PC sees a drive of this size. Here it takes only what is written to it, so you need not have all of it free.',
          )
        : t('The copy becomes a disk of Bootlace with a name of its own. It takes only what is really in use.'),
    picture: DiskPicture,
    component: SizeStep,
    appliesTo: makesImage,
    complete: (d, w) => diskProblem(d, w) === undefined,
    missing: (d, w) => {
      const problem = diskProblem(d, w)
      if (problem === 'taken') return t('There is a disk with this name already.')
      return problem === 'name'
        ? t('Give it a name: at most 32 letters, digits, dots and hyphens.')
        : t('Say how large it is to be.')
    },
  },
  {
    id: 'create',
    short: () => t('Creation'),
    title: () => t('Create the disk'),
    lead: (d) =>
      t('One click makes the empty disk and prepares {pc} for the installation. The PC itself is not touched yet.', {
        pc: pc(d),
      }),
    picture: DiskPicture,
    component: CreateStep,
    appliesTo: installs,
    complete: hasDisk,
    missing: () => t('Create the disk first.'),
  },
  {
    id: 'create',
    short: () => t('Copy of the image'),
    title: () => t('Bring the image in'),
    lead: (d) =>
      t('One click copies the image and prepares {pc} to start from it. You may do something else meanwhile.', {
        pc: pc(d),
      }),
    picture: ImagePicture,
    component: ImportStep,
    appliesTo: brings,
    complete: hasDisk,
    missing: (d, w) =>
      jobOf(d, w, 'import')?.state === 'running' ? t('Wait until it is copied.') : t('Bring the image in first.'),
  },
  {
    id: 'install',
    short: () => t('Installation'),
    title: (d) => t('Install on {pc}', { pc: pc(d) }),
    lead: () => t('Now go to that PC. What it does shows up here by itself, and so does the end of the installation.'),
    picture: InstallPicture,
    component: InstallStep,
    appliesTo: installs,
    complete: isInstalled,
    missing: () => t('Waiting until the system is installed.'),
  },
  {
    id: 'boot',
    short: () => t('First start'),
    title: (d) => t('The first start of {pc}', { pc: pc(d) }),
    lead: (d) =>
      t('{pc} starts from its disk on this computer now, without any medium. You watch each step of it here.', {
        pc: pc(d),
      }),
    picture: RunningPicture,
    component: BootStep,
    appliesTo: always,
    complete: hasBooted,
    missing: (d) => t('Waiting until {pc} runs.', { pc: pc(d) }),
  },
  {
    id: 'guest',
    short: () => t('Preparation'),
    title: () => t('Prepare the system to be copied'),
    lead: (d) =>
      t('Put on {pc} what all PCs are to have, then let it forget what makes it this one PC, and shut it down.', {
        pc: pc(d),
      }),
    picture: PcPicture,
    component: GuestStep,
    appliesTo: makesImage,
    complete: (d, w) => isSealed(d, w) || (hasBooted(d, w) && isOff(d, w)),
    missing: (d) => t('Waiting until {pc} is shut down.', { pc: pc(d) }),
  },
  {
    id: 'seal',
    short: () => t('Sealing'),
    title: () => t('Make it the image'),
    lead: (d) =>
      t(
        '{disk} becomes read-only for ever, and every PC gets a disk of its own made from it. That way no PC can spoil it for the others.',
        { disk: disk(d) },
      ),
    picture: SealPicture,
    component: SealStep,
    appliesTo: makesImage,
    complete: isSealed,
    missing: (d, w) =>
      jobOf(d, w, 'seal')?.state === 'running' ? t('Wait until it is sealed.') : t('Seal the image first.'),
  },
  {
    id: 'clones',
    short: () => t('All disks'),
    title: () => t('Disks for all PCs'),
    lead: () =>
      t(
        'Each is exactly like the image and keeps only what its PC changes. They are made at once and take hardly any space.',
      ),
    picture: ClonesPicture,
    component: ClonesStep,
    appliesTo: makesImage,
    complete: hasClone,
    missing: () => t('Make the disks first.'),
  },
  {
    id: 'others',
    short: () => t('Other PCs'),
    title: () => t('The other PCs'),
    lead: () =>
      t(
        'While the door is open, every new PC that asks for a network boot gets the next name and disk by itself. PCs that you know already are not touched.',
      ),
    picture: ClonesPicture,
    component: OthersStep,
    appliesTo: makesMany,
    complete: (d, w) => hasClone(d, w) && waitingClones(d, w) === 0,
    optional: true,
    missing: nothing,
    next: (d, w) => (waitingClones(d, w) > 0 ? t('Go on, the others come later') : t('Next')),
  },
  {
    id: 'board',
    short: () => t('Start all'),
    title: () => t('Start them all'),
    lead: () => t('Switch all PCs on. Each start is shown here; green means that it runs from this computer.'),
    picture: RunningPicture,
    component: BoardStep,
    appliesTo: makesImage,
    complete: allRun,
    optional: true,
    missing: nothing,
    next: (d, w) => (allRun(d, w) ? t('Next') : t('Later')),
  },
  {
    id: 'done',
    short: () => t('Done'),
    title: (d) =>
      makesImage(d) ? t('Your PCs need no disk any more') : t('{pc} needs no disk any more', { pc: pc(d) }),
    lead: (d) =>
      makesImage(d)
        ? t('The PCs and their image are set up. Let this computer run as long as a PC is on: it is their disk.')
        : t('Let this computer run as long as the PC is on: it is its disk.'),
    picture: RunningPicture,
    component: DoneStep,
    appliesTo: always,
    complete: () => false,
    optional: true,
    missing: nothing,
  },
]
