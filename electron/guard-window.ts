import type { IpcMainInvokeEvent, IpcMainEvent, Session, WebContents } from 'electron'

/** Where the window's page comes from; nothing else is ever shown. */
export const pageAddress = 'studio://app/index.html'

/** Nothing leads out of the page: no navigation, no new windows, no views in it. */
export function guardContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    event.preventDefault()
  })
  contents.on('will-redirect', (event) => {
    event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => {
    event.preventDefault()
  })
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** What any page may have: no permissions but notices and the clipboard's writing, no devices, no network at all. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, decide) => {
    decide(isAllowed(permission))
  })
  session.setPermissionCheckHandler((_contents, permission) => isAllowed(permission))
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, answer) => {
    answer(null)
  })
  session.webRequest.onBeforeRequest(({ url }, decide) => {
    decide({ cancel: !isOwn(url) })
  })
}

const isAllowed = (permission: string): boolean =>
  permission === 'notifications' || permission === 'clipboard-sanitized-write'

/** The page's own files and pictures, and what it made itself. */
const isOwn = (url: string): boolean => url.startsWith('studio://app/') || url.startsWith('blob:studio://app/')

/** Whether a message comes from our page's main frame. */
export const isFromPage = ({ senderFrame }: IpcMainInvokeEvent | IpcMainEvent): boolean =>
  senderFrame !== null && senderFrame.parent === null && senderFrame.url.startsWith('studio://app/')
