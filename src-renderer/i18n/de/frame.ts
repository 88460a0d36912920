import type { Catalogue } from '../catalogue.ts'

/** App.svelte and what all parts share. */
export const frame: Catalogue = {
  Main: 'Hauptmenü',
  PCs: 'PCs',
  Disks: 'Laufwerke',
  Services: 'Dienste',
  Activity: 'Verlauf',
  '{n} need attention': ['{n} braucht Aufmerksamkeit', '{n} brauchen Aufmerksamkeit'],
  'Serving, no PC connected': 'Bereit, kein PC verbunden',
  'Serving {n} PCs': ['{n} PC wird bedient', '{n} PCs werden bedient'],
  'Bootlace does not answer': 'Bootlace antwortet nicht',
  'Not serving': 'Kein Dienst',
  'Connecting …': 'Verbinden …',
  'Bootlace cannot serve': 'Bootlace kann nicht arbeiten',
  'What happened': 'Was geschah',
  'Waiting for Bootlace …': 'Warten auf Bootlace …',
  'Starting …': 'Wird gestartet …',
  'This page goes on by itself as soon as it answers again.':
    'Diese Seite macht von selbst weiter, sobald es wieder antwortet.',
  'One moment.': 'Einen Augenblick.',
  'Bootlace does not answer.': 'Bootlace antwortet nicht.',
  'What you see is the last known state; the page goes on by itself when it is back.':
    'Sie sehen den letzten bekannten Stand; die Seite macht von selbst weiter, wenn es wieder da ist.',
  '{services} cannot start': '{services}: Start nicht möglich',
  'so PCs may not boot.': 'daher starten PCs vielleicht nicht.',
  'See what to do': 'Was ist zu tun?',
}
