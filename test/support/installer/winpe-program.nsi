; Stands in for the programs of WinPE: writes down how it was called. As iscsicli, a login brings the medium.
Unicode true
Target amd64-unicode
Name "winpe-program"
OutFile "${OUT}"
RequestExecutionLevel user
SilentInstall silent
!include FileFunc.nsh
!include LogicLib.nsh
Section
  FileOpen $1 "x:\ran.txt" a
  FileSeek $1 0 END
  FileWrite $1 "$CMDLINE$\r$\n"
  FileClose $1
  ${GetParameters} $2
  StrCpy $3 $2 11
  ${If} $EXEFILE == "iscsicli.exe"
  ${AndIf} $3 == "LoginTarget"
    FileOpen $1 "d:\sources\install.wim" w
    FileWrite $1 "system"
    FileClose $1
  ${EndIf}
SectionEnd
