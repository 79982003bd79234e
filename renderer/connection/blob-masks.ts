import { decodeGreyPng, encodeGreyPng } from '../canvas/grey-png.ts'
import { fromDense, type TileMask, toDense } from '../canvas/tile-mask.ts'
import type { MaskStore } from '../document/stored-document.ts'
import { fromBase64, toBase64 } from './base64.ts'
import type { Ask } from './service-link.ts'

/** Masks as grey PNGs under their hash in the library; each is written once. */
export function blobMasks(ask: Ask): MaskStore {
  const hashes = new WeakMap<TileMask, Promise<string>>()
  const masks = new Map<string, Promise<TileMask>>()
  const write = async (mask: TileMask): Promise<string> => {
    const bytes = await encodeGreyPng({ width: mask.width, height: mask.height, data: toDense(mask) })
    const { hash } = await ask('documents.putBlob', { base64: toBase64(bytes) })
    return hash
  }
  const read = async (hash: string): Promise<TileMask> => {
    const { base64 } = await ask('documents.getBlob', { hash })
    const picture = await decodeGreyPng(fromBase64(base64))
    const mask = fromDense(picture.data, picture)
    hashes.set(mask, Promise.resolve(hash))
    return mask
  }
  return {
    put: (mask) => remember(hashes, mask, () => write(mask)),
    get: (hash) => remember(masks, hash, () => read(hash)),
  }
}

/** Runs once per key; a failure is not remembered. */
function remember<Key extends object | string, Value>(
  known: {
    get: (key: Key) => Promise<Value> | undefined
    set: (key: Key, value: Promise<Value>) => unknown
    delete: (key: Key) => unknown
  },
  key: Key,
  make: () => Promise<Value>,
): Promise<Value> {
  const found = known.get(key)
  if (found !== undefined) return found
  const made = make()
  known.set(key, made)
  made.catch(() => known.delete(key))
  return made
}
