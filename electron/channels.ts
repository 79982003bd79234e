/** Names of everything that passes between the shell and its window. One list, so that nothing else is listened to. */
export const channels = {
  requestPort: 'attune:request-port',
  port: 'attune:port',
  chooseFolder: 'attune:choose-folder',
  revealPicture: 'attune:reveal-picture',
  startDrag: 'attune:start-drag',
  setDocument: 'attune:set-document',
  setTheme: 'attune:set-theme',
  setMenu: 'attune:set-menu',
  openMenu: 'attune:open-menu',
  command: 'attune:command',
  file: 'attune:file',
} as const
