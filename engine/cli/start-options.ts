import { resolve } from 'node:path'
import { EngineError } from '../contract/failures.ts'
import type { GenerateRequest, GenerateRequestInput } from '../contract/records.ts'
import { numberOption } from './parse-options.ts'

/** Flags of a picture that another one starts from. */
export const startFlags = {
  image: { type: 'string' },
  strength: { type: 'string' },
  mask: { type: 'string', multiple: true },
  'mask-feather': { type: 'string' },
  'mask-opacity': { type: 'string' },
} as const

export const startHelp = `  --image FILE       start from this picture; it is drawn at its own size when --size is left out, else resized
  --strength N       how much of it may change, 0 … 1 (0.75); also called denoising strength: so many of the steps are made
  --mask FILE        a picture that is white where --image may change; the rest stays, pixel by pixel; may be repeated
  --mask-feather N   width of the soft edge inside the masks, 0 … 256 pixels (8)
  --mask-opacity N   how much of the change shows inside the masks, 0 … 1 (1)`

interface StartValues {
  readonly image?: string | undefined
  readonly strength?: string | undefined
  readonly mask?: readonly string[] | undefined
  readonly 'mask-feather'?: string | undefined
  readonly 'mask-opacity'?: string | undefined
}

/**
 * `request.image` as the flags say it, with absolute paths; undefined without `--image`.
 *
 * @throws EngineError 'bad-argument' for a flag that needs another one, or is no number
 */
export const startOption = (values: StartValues): GenerateRequestInput['image'] => {
  const { image, mask: masks } = values
  const strength = numberOption('strength', values.strength)
  const feather = numberOption('mask-feather', values['mask-feather'])
  const opacity = numberOption('mask-opacity', values['mask-opacity'])
  if (opacity !== undefined && masks === undefined) throw lone('--mask-opacity', 'mask', '--mask FILE')
  if (feather !== undefined && masks === undefined) throw lone('--mask-feather', 'mask', '--mask FILE')
  if (image === undefined) {
    if (masks !== undefined) throw lone('--mask', 'picture', '--image FILE')
    if (strength !== undefined) throw lone('--strength', 'picture', '--image FILE')
    return undefined
  }
  const form = { ...(feather !== undefined && { feather }), ...(opacity !== undefined && { opacity }) }
  return {
    source: resolve(image),
    ...(strength !== undefined && { strength }),
    ...(masks !== undefined && { masks: masks.map((file) => ({ file: resolve(file), ...form })) }),
  }
}

const lone = (where: string, what: string, expected: string): EngineError =>
  new EngineError('bad-argument', { where, found: `no ${what} that it is about`, expected: `${expected} beside it` })

/** The flag of a place in `request.image`. */
export const startFlagOf = (path: readonly PropertyKey[]): string => {
  if (path.includes('opacity')) return '--mask-opacity'
  if (path.includes('feather')) return '--mask-feather'
  if (path.includes('masks')) return '--mask'
  return path.includes('strength') ? '--strength' : '--image'
}

/** @throws EngineError 'bad-argument' when so little may change that no step is made */
export const refuseNoStep = ({ image, steps }: Pick<GenerateRequest, 'image' | 'steps'>): void => {
  if (image === undefined || Math.trunc(steps * image.strength) > 0) return
  throw new EngineError('bad-argument', {
    where: '--strength',
    found: `${image.strength}, which leaves none of the ${steps} steps`,
    expected: `at least ${Math.ceil(100 / steps) / 100}`,
    remedy: 'A larger strength, or more --steps.',
  })
}
