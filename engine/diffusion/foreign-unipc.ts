/** Where a sampler's name was found, since programs mean different methods by "UniPC". */
export interface NameOrigin {
  readonly source: string
  /** Everything else that stood beside it, under the names of that program. */
  readonly other?: Readonly<Record<string, string>>
}

/** Ours, as diffusers (and InvokeAI and SD.Next, which run it) have it. */
export const ownUniPc = 'bh2, order 2'

/**
 * Which UniPC another program means; undefined where it is ours.
 *
 * @param plainSampler  its name as `plainName` writes it
 * @source AUTOMATIC1111 stable-diffusion-webui, modules/shared_options.py (uni_pc_variant bh1, uni_pc_order 3; written into pictures
 *   only where they differ); comfyanonymous/ComfyUI, comfy/extra_samplers/uni_pc.py (order 3)
 */
export const foreignUniPc = (plainSampler: string, origin: NameOrigin | undefined): string | undefined => {
  if (!/^unipc(bh2)?$/.test(plainSampler) || origin === undefined) return undefined
  const { source, other = {} } = origin
  if (source === 'comfyui' || source === 'fooocus') return plainSampler === 'unipc' ? 'bh1, order 3' : 'bh2, order 3'
  if (source !== 'a1111' || /^sd\.?next$/i.test(other['App'] ?? '')) return undefined
  const variant = `${other['UniPC variant'] ?? 'bh1'}, order ${other['UniPC order'] ?? '3'}`
  return variant === ownUniPc ? undefined : variant
}
