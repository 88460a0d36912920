import { contextBridge, ipcRenderer } from 'electron'

/** All that the page can reach: the contract's calls, its events, and what it may ask of updates. */
contextBridge.exposeInMainWorld('bootlace', {
  call: (method: string, input: unknown): Promise<unknown> => ipcRenderer.invoke('bootlace:call', method, input),
  update: (action: string): Promise<void> => ipcRenderer.invoke('bootlace:update', action),
  onEvent: (listener: (event: unknown) => void): (() => void) => {
    const wrapped = (_: unknown, event: unknown) => listener(event)
    ipcRenderer.on('bootlace:event', wrapped)
    ipcRenderer.send('bootlace:subscribe')
    return () => ipcRenderer.off('bootlace:event', wrapped)
  },
})
