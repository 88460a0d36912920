; What Bootlace adds to electron-builder's installer: firewall rules, where the installer has the rights to make them.
;
; Only for private networks: on a public one nobody is to find this computer's disks. Only for the program that serves. An
; installation for one user alone has no rights and makes none; Windows then asks at the first start.

!define BOOTLACE_FIREWALL "$SYSDIR\netsh.exe"
!define BOOTLACE_SERVER "$INSTDIR\resources\node\node.exe"

!macro bootlaceAllow NAME PROTOCOL PORTS
  nsExec::ExecToLog '"${BOOTLACE_FIREWALL}" advfirewall firewall add rule name="${NAME}" dir=in action=allow profile=private protocol=${PROTOCOL} localport=${PORTS} program="${BOOTLACE_SERVER}"'
  Pop $0
  StrCmp $0 0 +2
  DetailPrint "Windows did not take the firewall rule ${NAME}. Bootlace says what to do when it starts."
!macroend

!macro bootlaceForget NAME
  nsExec::ExecToLog '"${BOOTLACE_FIREWALL}" advfirewall firewall delete rule name="${NAME}"'
  Pop $0
!macroend

!macro bootlaceForgetAll
  !insertmacro bootlaceForget "Bootlace (boot answers)"
  !insertmacro bootlaceForget "Bootlace (loaders)"
  !insertmacro bootlaceForget "Bootlace (disks)"
  !insertmacro bootlaceForget "Bootlace (boot scripts)"
!macroend

!macro customInstall
  ${if} $installMode == "all"
    ; An update must not leave every rule twice.
    !insertmacro bootlaceForgetAll
    !insertmacro bootlaceAllow "Bootlace (boot answers)" UDP "67,4011"
    !insertmacro bootlaceAllow "Bootlace (loaders)" UDP "69"
    !insertmacro bootlaceAllow "Bootlace (disks)" TCP "3260"
    !insertmacro bootlaceAllow "Bootlace (boot scripts)" TCP "8470"
  ${endif}
!macroend

!macro customUnInstall
  ${if} $installMode == "all"
  ${andIfNot} ${isUpdated}
    !insertmacro bootlaceForgetAll
  ${endif}
!macroend
