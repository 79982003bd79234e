import { toBase64 } from '../connection/base64.ts'
import type { Layer } from '../document/studio-document.ts'
import type { StudioState } from '../state/studio-state.svelte.ts'

/** Puts a file into the library. @returns its id there, also when it was there before */
export async function uploadPicture(studio: StudioState, file: File): Promise<number> {
  const base64 = toBase64(new Uint8Array(await file.arrayBuffer()))
  const { id } = await studio.link.ask('images.upload', { name: file.name.slice(0, 200), base64 })
  return id
}

/** Lays a picture of the library on the paper, as large as fits. */
export async function addPictureLayer(studio: StudioState, id: number): Promise<void> {
  const { document, view } = studio
  const { width, height, fileName } = await studio.link.ask('images.get', { id })
  const scale = Math.min(document.current.width / width, document.current.height / height)
  const layer: Layer = {
    id: crypto.randomUUID(),
    name: fileName.split('/').at(-1) ?? fileName,
    image: id,
    opacity: 1,
    blend: 'normal',
    isVisible: true,
    isLocked: false,
    place: {
      x: (document.current.width - width * scale) / 2,
      y: (document.current.height - height * scale) / 2,
      width: width * scale,
      height: height * scale,
    },
    angle: 0,
    isFlipped: false,
  }
  document.change({ ...document.current, layers: [layer, ...document.current.layers] }, 'change.addLayer')
  view.workspace = 'canvas'
  view.layerId = layer.id
  studio.results.show(null)
}
