import type { ServiceLink } from '../connection/service-link.ts'

export interface DiskSpace {
  /** Bytes of the disk that the library lies on. */
  readonly total: number
  readonly free: number
  /** Bytes of the library's pictures. */
  readonly library: number
  /** Mean bytes of a picture; 0 while there is none. */
  readonly perPicture: number
}

/** Below this the meter warns: a few hundred large pictures. */
export const lowDiskBytes = 3e9

const pauseMs = 5000

/** How full the library's disk is; asked again after pictures came or went, at most every five seconds. */
export class DiskState {
  readonly #link: ServiceLink
  #wait: ReturnType<typeof setTimeout> | null = null
  space: DiskSpace | null = $state.raw(null)
  /** Pictures outside the trash. */
  images = $state(0)
  readonly isLow = $derived(this.space !== null && this.space.free < lowDiskBytes)

  constructor(link: ServiceLink) {
    this.#link = link
    const later = (): void => {
      this.#wait ??= setTimeout(() => {
        this.#wait = null
        void this.load().catch(() => undefined)
      }, pauseMs)
    }
    link.on('image.added', later)
    link.on('image.erased', later)
  }

  async load(): Promise<void> {
    const { disk, images } = await this.#link.ask('app.describe', {})
    this.images = images
    this.space = {
      total: disk.totalBytes,
      free: disk.freeBytes,
      library: disk.pictureBytes,
      perPicture: images === 0 ? 0 : disk.pictureBytes / images,
    }
  }
}
