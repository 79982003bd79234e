import type { MessageKey } from './messages.ts'

/** Something that people look for and that Attune does not have. */
export interface AbsentFeature {
  readonly id: string
  /** What people type when they look for it; lower case, in any language. */
  readonly words: readonly string[]
  /** That it is not there, and what comes nearest. */
  readonly sentence: MessageKey
}

/** Said in the palette, in the search of the models and at the end of their page: where people look. */
export const absentFeatures: readonly AbsentFeature[] = [
  {
    id: 'controlnet',
    words: ['controlnet', 'control net', 'openpose', 'depth map', 'canny', 't2i-adapter', 'scribble', 'posenet'],
    sentence: 'absent.controlnet',
  },
  {
    id: 'ip-adapter',
    words: ['ip-adapter', 'ipadapter', 'ip adapter', 'image prompt', 'face id', 'instantid', 'style transfer'],
    sentence: 'absent.ip-adapter',
  },
  {
    id: 'upscaling',
    words: [
      'upscale',
      'upscaler',
      'upscaling',
      'hires',
      'highres',
      'esrgan',
      'hochskalieren',
      'second pass',
      'refiner',
    ],
    sentence: 'absent.upscaling',
  },
  { id: 'video', words: ['video', 'animatediff', 'svd', 'animation', 'film', 'deforum'], sentence: 'absent.video' },
  {
    id: 'families',
    words: ['flux', 'sd3', 'sd 3', 'stable diffusion 3', 'pixart', 'qwen', 'cascade', 'schnell', 'chroma'],
    sentence: 'absent.families',
  },
]

const leastLetters = 3

/** What was looked for in vain; nothing when fewer than three letters were typed. */
export function findAbsent(typed: string): readonly AbsentFeature[] {
  const wanted = typed.trim().toLowerCase()
  if (wanted.length < leastLetters) return []
  return absentFeatures.filter(({ words }) => words.some((word) => word.startsWith(wanted) || wanted.includes(word)))
}
