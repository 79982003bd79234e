import type { ElectronParts } from './electron-parts.ts'

/** Set to anything but 0, it lets an installed program be looked into. */
export const devToolsVariable = 'ATTUNE_DEVTOOLS'

/**
 * Whether Chromium's developer tools may be opened: always while Attune is developed, in installed programs only for who
 * asks for it. What runs in the page can do whatever the user can, so nobody shall be talked into pasting something there.
 */
export function allowsDevTools({ isPackaged }: ElectronParts['app']): boolean {
  const wish = process.env[devToolsVariable] ?? '0'
  return !isPackaged || (wish !== '0' && wish !== '')
}

/** Chromium's own doors to the same tools. To be called before it is ready, which is when it opens them. */
export function closeDebugging(app: ElectronParts['app']): void {
  if (allowsDevTools(app)) return
  for (const name of ['remote-debugging-port', 'remote-debugging-pipe', 'auto-open-devtools-for-tabs'])
    app.commandLine.removeSwitch(name)
}
