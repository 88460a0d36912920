; Stands in for Windows' netsh: writes down what it was told.
Unicode true
Target amd64-unicode
Name "netsh"
OutFile "${OUT}"
RequestExecutionLevel user
SilentInstall silent
!include FileFunc.nsh
Section
  ${GetParameters} $0
  FileOpen $1 "C:\netsh.log" a
  FileSeek $1 0 END
  FileWriteUTF16LE $1 "$0$\r$\n"
  FileClose $1
SectionEnd
