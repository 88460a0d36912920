import {
  COMPATIBILITY,
  COMPATIBILITY_GROUPS,
  GRADES,
  type CompatibilityGroup,
  type Grade,
} from '../../src-main/api/compatibility.ts'

const GROUPS: Readonly<Record<CompatibilityGroup, string>> = {
  windows: 'Windows',
  linux: 'Linux',
  hypervisors: 'Hypervisors',
  others: 'Other systems',
  firmware: 'Firmware and loaders',
  cards: 'Network cards',
}
const WORDS: Readonly<Record<Grade, readonly [word: string, meaning: string]>> = {
  ran: ['ran here', 'started in this project’s lab, in virtual PCs (QEMU); no real PC was at hand'],
  documented: ['documented by its makers', 'the people who make it say so; not tried here'],
  reported: ['reported by others', 'users say so, each for their own PC; not tried here'],
  untried: ['untried', 'nobody whom we know of tried it, or only a part of it was checked'],
  cannot: ['cannot work', 'there is a reason, and it is said'],
}

/** COMPATIBILITY.md, from the table of the window's help. */
export function compatibilityPage(): string {
  return `${[
    '# What works with Bootlace',
    'Made from `src-main/api/compatibility.ts`, which the window shows under Help, in German as well. A grade says who knows, not that all is well.',
    GRADES.map((grade) => `- **${WORDS[grade][0]}**: ${WORDS[grade][1]}`).join('\n'),
    ...COMPATIBILITY_GROUPS.map((group) =>
      [
        `## ${GROUPS[group]}\n`,
        '| what | grade | known | what to do differently | looked at | source |',
        '| --- | --- | --- | --- | --- | --- |',
        ...COMPATIBILITY.filter((row) => row.group === group).map(
          (row) =>
            `| ${[row.what, WORDS[row.grade][0], row.known, row.advice ?? '', row.when, row.sources.map(source).join('; ')].join(' | ')} |`,
        ),
      ].join('\n'),
    ),
  ].join('\n\n')}\n`
}

const source = (text: string): string => (text.startsWith('test/') ? `\`${text}\`` : text)
