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
