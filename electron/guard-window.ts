import type { IpcMainInvokeEvent, IpcMainEvent, Session, WebContents } from 'electron'

/** Where the window's page comes from; nothing else is ever shown. */
export const pageAddress = 'studio://app/index.html'

/** Nothing leads out of the page: no navigation, no new windows, no permissions but notices and the clipboard's writing. */
export function guardWindow(contents: WebContents, session: Session): void {
  contents.on('will-navigate', (event) => {
    event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => {
    event.preventDefault()
  })
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  session.setPermissionRequestHandler((_contents, permission, decide) => {
    decide(isAllowed(permission))
  })
  session.setPermissionCheckHandler((_contents, permission) => isAllowed(permission))
}

const isAllowed = (permission: string): boolean =>
  permission === 'notifications' || permission === 'clipboard-sanitized-write'

/** Whether a message comes from our page's main frame. */
export const isFromPage = ({ senderFrame }: IpcMainInvokeEvent | IpcMainEvent): boolean =>
  senderFrame !== null && senderFrame.parent === null && senderFrame.url.startsWith('studio://app/')
