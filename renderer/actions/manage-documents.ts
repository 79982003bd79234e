import type { Json } from '../../engine/contract/document-records.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'
import { newDocument, openDocument } from './open-studio.ts'

const longestName = 200

/** Gives a document another name: an undoable step of its own, open or not. */
export async function renameDocument(studio: StudioState, id: number, name: string): Promise<void> {
  const { document, link } = studio
  const title = name.trim().slice(0, longestName)
  if (title === '') return
  if (id === document.id) {
    if (title !== document.name) document.change({ ...document.current, title }, 'change.title')
    return
  }
  const { sequence } = await link.ask('documents.open', { id })
  const edits = [{ kind: 'set' as const, path: ['title'], value: title }]
  await link.ask('documents.append', { id, sequence, label: 'change.title', edits })
  await link.ask('documents.rename', { id, name: title })
}

/** A document of its own that begins as this one stands now. */
export async function duplicateDocument(studio: StudioState, id: number): Promise<void> {
  const { document, link, say } = studio
  if (id === document.id) await document.settle()
  const { name, state } = await link.ask('documents.open', { id })
  const copied = say('document.copyOf', { name }).slice(0, longestName)
  const copy = await link.ask('documents.create', { name: copied, state: withTitle(state, copied) })
  await openDocument(studio, copy.id)
}

const withTitle = (state: Json, title: string): Json =>
  typeof state === 'object' && state !== null && !Array.isArray(state) ? { ...state, title } : state

/** Puts a document into the trash, where it keeps its history; the window then shows another one. */
export async function trashDocument(studio: StudioState, id: number): Promise<void> {
  const { document, link, notices } = studio
  const wasOpen = id === document.id
  if (wasOpen) await document.settle()
  const { name } = await link.ask('documents.trash', { id })
  if (wasOpen) await openAnother(studio, id)
  const undo = (): void => {
    void studio.attempt(async () => {
      await restoreDocument(studio, id)
      if (wasOpen) await openDocument(studio, id)
    })
  }
  notices.show('notice.documentTrashed', { name }, { action: { label: 'command.undo', run: undo } })
}

async function openAnother(studio: StudioState, id: number): Promise<void> {
  const [next] = (await studio.link.ask('documents.list', {})).filter((one) => one.id !== id)
  if (next === undefined) await newDocument(studio)
  else await openDocument(studio, next.id)
}

export async function restoreDocument({ link }: StudioState, id: number): Promise<void> {
  await link.ask('documents.restore', { id })
}

/** Removes a document that is in the trash for good, with its history. Its pictures stay in the gallery. */
export async function eraseDocument({ link }: StudioState, id: number): Promise<void> {
  await link.ask('documents.erase', { id })
}
