import type { Catalogue } from '../catalogue.ts'

/** Initiators that were turned away, and letting them in. */
export const access: Catalogue = {
  'Somebody was turned away from the disk {disk}': 'Am Laufwerk {disk} wurde jemand abgewiesen',
  'It calls itself {initiator} and came from {ip}.': 'Er nennt sich {initiator} und kam von {ip}.',
  'This disk is only for {client}. If this is that PC, with the name its firmware or network card gives it, let it in.':
    'Dieses Laufwerk ist nur für {client}. Ist es dieser PC, mit dem Namen, den ihm Firmware oder Netzwerkkarte geben, lassen Sie ihn herein.',
  'It still has to give the password of {client}.': 'Das Passwort von {client} muss er trotzdem angeben.',
  'Let it in as {client}': 'Als {client} hereinlassen',
  'It is let in as {client} at its next try.': 'Beim nächsten Versuch kommt er als {client} herein.',
  'Also comes as': 'Kommt auch als',
  'Do not let in any more': 'Nicht mehr hereinlassen',
  'Do not let in any more: {initiator}': 'Nicht mehr hereinlassen: {initiator}',
  'It is not let in any more.': 'Er wird nicht mehr hereingelassen.',
}
