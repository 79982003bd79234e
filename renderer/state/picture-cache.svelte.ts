import { SvelteMap } from 'svelte/reactivity'
import type { Size } from '../canvas/geometry.ts'
import { pictureAddress } from '../connection/picture-address.ts'

export interface LoadedPicture {
  readonly image: HTMLImageElement
  readonly size: Size
}

const mostKept = 40

async function decode(id: number): Promise<LoadedPicture> {
  const image = new Image()
  image.src = pictureAddress(id)
  await image.decode()
  return { image, size: { width: image.naturalWidth, height: image.naturalHeight } }
}

/** Pictures of the library, decoded and ready to be drawn; asking for one that is not there loads it. */
export class PictureCache {
  readonly #loaded = new SvelteMap<number, LoadedPicture | 'loading' | 'broken'>()

  /** The picture when it is here, else undefined; whoever asked in an effect is run again when it comes. */
  get(id: number): LoadedPicture | undefined {
    const found = this.#loaded.get(id)
    if (found === undefined) queueMicrotask(() => void this.#load(id))
    return typeof found === 'object' ? found : undefined
  }

  /** Whether it is on its way; one that cannot be shown is not. */
  isComing(id: number): boolean {
    void this.get(id)
    const found = this.#loaded.get(id)
    return found === undefined || found === 'loading'
  }

  /** The picture, once it is here. @throws EncodingError when it cannot be decoded */
  async load(id: number): Promise<LoadedPicture> {
    return this.get(id) ?? decode(id)
  }

  async #load(id: number): Promise<void> {
    if (this.#loaded.has(id)) return
    this.#loaded.set(id, 'loading')
    try {
      this.#loaded.set(id, await decode(id))
    } catch {
      this.#loaded.set(id, 'broken')
    }
    const [oldest] = this.#loaded.keys()
    if (this.#loaded.size > mostKept && oldest !== undefined && oldest !== id) this.#loaded.delete(oldest)
  }
}
