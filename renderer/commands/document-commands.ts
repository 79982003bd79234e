import { duplicateDocument, trashDocument } from '../actions/manage-documents.ts'
import { newDocument, openSample } from '../actions/open-studio.ts'
import { samples } from '../state/samples.ts'
import type { Command } from './command.ts'

/** Documents and their one history. */
export const documentCommands: readonly Command[] = [
  {
    id: 'document.new',
    label: 'command.newDocument',
    group: 'document',
    shortcuts: ['alt+KeyN'],
    icon: 'plus',
    run: newDocument,
  },
  {
    id: 'document.all',
    label: 'command.documents',
    group: 'document',
    shortcuts: ['mod+KeyO'],
    worksWhileTyping: true,
    icon: 'folder-open',
    run: ({ view }) => {
      view.isDocumentsOpen = true
    },
  },
  {
    id: 'document.duplicate',
    label: 'document.duplicate',
    group: 'document',
    shortcuts: [],
    icon: 'copy',
    isEnabled: ({ document }) => document.id !== null,
    run: async (studio) => {
      if (studio.document.id !== null) await duplicateDocument(studio, studio.document.id)
    },
  },
  {
    id: 'document.trash',
    label: 'document.trash',
    group: 'document',
    shortcuts: [],
    icon: 'trash',
    isEnabled: ({ document }) => document.id !== null,
    run: async (studio) => {
      if (studio.document.id !== null) await trashDocument(studio, studio.document.id)
    },
  },
  ...samples.map((sample): Command => ({
    id: `sample.${sample.id}`,
    label: sample.name,
    group: 'document',
    shortcuts: [],
    icon: 'file-image',
    run: (studio) => openSample(studio, sample),
  })),
  {
    id: 'edit.undo',
    label: 'command.undo',
    group: 'edit',
    shortcuts: ['mod+KeyZ'],
    worksWhileTyping: true,
    icon: 'arrow-u-up-left',
    isEnabled: ({ document }) => document.canUndo,
    run: ({ document }) => document.undo(),
  },
  {
    id: 'edit.redo',
    label: 'command.redo',
    group: 'edit',
    shortcuts: ['mod+shift+KeyZ', 'mod+KeyY'],
    worksWhileTyping: true,
    icon: 'arrow-u-up-right',
    isEnabled: ({ document }) => document.canRedo,
    run: ({ document }) => document.redo(),
  },
]
