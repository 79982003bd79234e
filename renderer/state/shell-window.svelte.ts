import type { DocumentSummary } from '../../engine/contract/document-records.ts'
import type { ShellBridge, ShellFile } from '../../engine/contract/shell-bridge.ts'
import { openDocument } from '../actions/open-studio.ts'
import { commands } from '../commands/commands.ts'
import { documentEntryPrefix, nativeMenus, shellWords } from '../commands/native-menus.ts'
import { runCommand } from '../commands/run-command.ts'
import type { StudioState } from './studio-state.svelte.ts'

/**
 * Keeps the desktop shell's window as the studio is: native menu, title, colours; and does what its menu and the system
 * ask for. Does nothing in a browser. To be called once, while the window's first component is made.
 */
export function joinShellWindow(studio: StudioState): void {
  const { bridge } = studio
  if (bridge === undefined) return
  document.documentElement.dataset['shell'] = bridge.platform
  bridge.onCommand((id) => {
    chooseEntry(studio, id)
  })
  bridge.onFile((file) => {
    studio.view.dropped = [toFile(file)]
  })
  $effect(() => {
    bridge.setDocument(studio.document.name, studio.document.saveState !== 'saved')
  })
  keepMenus(studio, bridge)
}

function keepMenus(studio: StudioState, bridge: ShellBridge): void {
  let documents: readonly DocumentSummary[] = $state.raw([])
  // As text, so that the shell only hears of menus that are other than before.
  const menus = $derived(JSON.stringify(nativeMenus(studio, documents)))
  $effect(() => {
    const said = JSON.parse(menus) as ReturnType<typeof nativeMenus> // what was just written
    bridge.setMenu(said, shellWords(studio))
  })
  $effect(() => {
    if (studio.linkState !== 'online') return
    const load = (): void => {
      studio.link
        .ask('documents.list', {})
        .then((list) => (documents = list))
        .catch(studio.tell)
    }
    load()
    return studio.link.on('documents.changed', load)
  })
}

function chooseEntry(studio: StudioState, id: string): void {
  if (id.startsWith(documentEntryPrefix)) {
    void studio.attempt(() => openDocument(studio, Number(id.slice(documentEntryPrefix.length))))
    return
  }
  const command = commands.find((one) => one.id === id)
  if (command !== undefined) runCommand(studio, command)
}

const toFile = ({ name, bytes }: ShellFile): File => {
  const ending = name.split('.').at(-1)?.toLowerCase() ?? ''
  return new File([bytes], name, { type: `image/${ending === 'jpg' ? 'jpeg' : ending}` })
}
