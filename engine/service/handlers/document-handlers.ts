import type { CallHandlers } from '../../contract/calls.ts'
import type { documentCalls } from '../../contract/calls/document-calls.ts'
import { hashesIn } from '../../library/blob-store.ts'
import { exportDocument, importDocument } from '../documents/document-file.ts'
import type { ServiceParts } from '../service-parts.ts'

type DocumentHandlers = Pick<CallHandlers, keyof typeof documentCalls>

/** Handlers of canvas documents. */
export const documentHandlers = ({ library, announce, now }: ServiceParts): DocumentHandlers => {
  const { documents, blobs } = library
  const listChanged = <Result>(result: Result): Result => {
    announce('documents.changed', {})
    return result
  }
  const moved = <Result extends { readonly sequence: number }>(id: number, result: Result): Result => {
    announce('document.changed', { id, sequence: result.sequence })
    return result
  }
  return {
    'documents.list': ({ isTrashed }) => documents.list(isTrashed),
    'documents.create': ({ name, state }) => listChanged(documents.create(name, state, now())),
    'documents.open': ({ id }) => documents.open(id),
    'documents.rename': ({ id, name }) => listChanged(documents.rename(id, name)),
    'documents.append': ({ id, sequence, label, edits }) => {
      const changedMs = now()
      return moved(id, { sequence: documents.append(id, sequence, { label, edits }, changedMs), changedMs })
    },
    'documents.undo': ({ id, sequence }) => moved(id, documents.undo(id, sequence, now())),
    'documents.redo': ({ id, sequence }) => moved(id, documents.redo(id, sequence, now())),
    'documents.trash': ({ id }) => listChanged(documents.setTrashed(id, now())),
    'documents.restore': ({ id }) => listChanged(documents.setTrashed(id, null)),
    'documents.erase': ({ id }) => {
      const hashes = hashesIn(JSON.stringify([documents.open(id).state, documents.changes(id)]))
      documents.erase(id)
      blobs.dropUnused(hashes)
      return listChanged({})
    },
    'documents.putBlob': ({ base64 }) => {
      const bytes = Buffer.from(base64, 'base64')
      return { hash: blobs.put(bytes, now()), sizeBytes: bytes.byteLength }
    },
    'documents.getBlob': ({ hash }) => ({ base64: Buffer.from(blobs.get(hash)).toString('base64') }),
    'documents.export': ({ id }) => ({
      fileName: `${fileNameOf(documents.open(id).name)}.attune`,
      base64: Buffer.from(exportDocument(library, id)).toString('base64'),
    }),
    'documents.import': ({ base64 }) => listChanged(importDocument(library, Buffer.from(base64, 'base64'), now())),
  }
}

/** A document's name as a file name on every system. */
const fileNameOf = (name: string): string =>
  name
    .replaceAll(/[<>:"/\\|?*]/g, '-')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, 100) || 'document'
