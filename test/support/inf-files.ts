/** INF files as makers write them, made up here. */

/** Of an NDIS driver, with most of what the format allows. */
export const ndisInf = (): string => `; A driver for tests
[version]
Signature   = "$Windows NT$"
Class       = Net
ClassGUID   = {4d36e972-e325-11ce-bfc1-08002be10318}
Provider    = %Maker%
CatalogFile.NTamd64 = rt640x64.cat
CatalogFile = other.cat
DriverVer   = 10/03/2025,10.80.50.1003

[Manufacturer]
%Maker% = Models, NTamd64.6.1, NTamd64.10.0...16299

[Models.NTamd64.6.1]
%Gbe.Desc% = Install, PCI\\VEN_10EC&DEV_8168 ; a comment
%GBE.desc% = Install, PCI\\VEN_10ec&DEV_8168&SUBSYS_816810EC&REV_03
"Board; with a semicolon" = \\
   Install, PCI\\VEN_10EC&DEV_8136&SUBSYS_00011458

[Models.NTamd64.10.0...16299]
%Gbe.Desc% = Install, PCI\\VEN_10EC&DEV_8125

[Install.NT]
CopyFiles = Install.Copy

[Install.Copy]
rt640x64.sys

[SourceDisksNames]
1 = %Disk%,,,
[SourceDisksNames.amd64]
1 = %Disk%,,,\\x64

[SourceDisksFiles]
rt640x64.sys = 1
[SourceDisksFiles.amd64]
rtmsg.dll = 1,res

[Strings]
Maker    = "Maker, Inc."
Gbe.Desc = "Gigabit Family Controller"
Disk     = "Driver disk"
`
