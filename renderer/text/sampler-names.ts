export interface SamplerName {
  readonly id: string
  /** A1111's name, also ours. */
  readonly label: string
  readonly comfyId: string
}

/** Samplers of the engine; a test compares this with its own list. */
export const samplerNames: readonly SamplerName[] = [
  { id: 'ddim', label: 'DDIM', comfyId: 'ddim' },
  { id: 'ddpm', label: 'DDPM', comfyId: 'ddpm' },
  { id: 'euler', label: 'Euler', comfyId: 'euler' },
  { id: 'euler-a', label: 'Euler a', comfyId: 'euler_ancestral' },
  { id: 'heun', label: 'Heun', comfyId: 'heun' },
  { id: 'dpmpp-2m', label: 'DPM++ 2M', comfyId: 'dpmpp_2m' },
  { id: 'dpmpp-2m-sde', label: 'DPM++ 2M SDE', comfyId: 'dpmpp_2m_sde' },
  { id: 'unipc', label: 'UniPC', comfyId: 'uni_pc' },
  { id: 'lcm', label: 'LCM', comfyId: 'lcm' },
]

export const scheduleNames = ['automatic', 'linspace', 'leading', 'trailing', 'karras'] as const

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[\s_-]+/g, '')
    .replace('karras', '')

/** The sampler that another program means; a schedule that hides in its name ("DPM++ 2M Karras") is given beside it. */
export function matchSampler(name: string): { readonly id: string; readonly schedule: string | null } | null {
  const wanted = plain(name)
  const found = samplerNames.find(({ label, comfyId, id }) =>
    [label, comfyId, id].some((known) => plain(known) === wanted),
  )
  if (found === undefined) return null
  return { id: found.id, schedule: /karras/i.test(name) ? 'karras' : null }
}
