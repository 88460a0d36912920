import { contextBridge, ipcRenderer } from 'electron'

/** All that the page can reach: the contract's calls and its events. */
contextBridge.exposeInMainWorld('bootlace', {
  call: (method: string, input: unknown): Promise<unknown> => ipcRenderer.invoke('bootlace:call', method, input),
  onEvent: (listener: (event: unknown) => void): (() => void) => {
    const wrapped = (_: unknown, event: unknown) => listener(event)
    ipcRenderer.on('bootlace:event', wrapped)
    ipcRenderer.send('bootlace:subscribe')
    return () => ipcRenderer.off('bootlace:event', wrapped)
  },
})
