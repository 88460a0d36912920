@echo off
rem The command line of an installed Bootlace: runs in the Node that came with it.
"%~dp0..\node\node.exe" "%~dp0..\app.asar.unpacked\dist\main\cli.cjs" %*
