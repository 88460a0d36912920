/** What kind of machine asks for a boot: its loaders run on no other kind. */
export type BootPlatform = 'bios' | 'uefi-x64' | 'uefi-ia32' | 'uefi-arm64' | 'uefi-arm32' | 'pi'
