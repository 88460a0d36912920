; The part of the Windows installer that is ours (resources/installer/installer.nsh), in the smallest installer around it: the one
; of electron-builder is 32-bit and needs Electron for Windows. MODE is what its page "for whom" leaves in $installMode.
Unicode true
Target amd64-unicode
Name "Bootlace"
OutFile "${OUT}"
RequestExecutionLevel user
SilentInstall silent
SilentUnInstall silent
InstallDir "C:\Bootlace"
!include LogicLib.nsh
!include FileFunc.nsh

Var installMode
; As electron-builder's common.nsh has it: the uninstaller that an update starts is told so.
!macro _isUpdated _a _b _t _f
  ClearErrors
  ${GetParameters} $R8
  ${GetOptions} $R8 "--updated" $R9
  IfErrors `${_f}` `${_t}`
!macroend
!define isUpdated `"" isUpdated ""`

!include "${INCLUDE}"

Section
  StrCpy $installMode "${MODE}"
  SetOutPath "$INSTDIR\resources\node"
  FileOpen $1 "$INSTDIR\resources\node\node.exe" w
  FileClose $1
  WriteUninstaller "$INSTDIR\uninstall.exe"
  !insertmacro customInstall
SectionEnd

Section un.Main
  StrCpy $installMode "${MODE}"
  !insertmacro customUnInstall
  Delete "$INSTDIR\resources\node\node.exe"
  RMDir "$INSTDIR\resources\node"
  RMDir "$INSTDIR\resources"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
SectionEnd
