import { z } from 'zod'
import { checkConfig } from './check-config.ts'
import type { RawConfig } from './parse-config-json.ts'

/** Which class a component of a pipeline is. */
export interface ComponentClass {
  readonly library: string
  readonly className: string
}

/** What `model_index.json` says. */
export interface ModelIndex {
  /** The pipeline, such as `StableDiffusionPipeline`. */
  readonly className: string
  /** Components that the model has; those listed as null are left out. */
  readonly components: ReadonlyMap<string, ComponentClass>
  /** SDXL: an empty negative prompt is zeros instead of the encoded empty text. */
  readonly forceZerosForEmptyPrompt: boolean
}

/** A `model_index.json`. @throws EngineError 'config-invalid' */
export const readModelIndex = (raw: RawConfig, where = 'model_index.json'): ModelIndex => {
  const { _class_name: className, force_zeros_for_empty_prompt: force } = checkConfig(schema, raw, where)
  const components = Object.entries(raw).flatMap(([name, value]): [string, ComponentClass][] => {
    const pair = componentSchema.safeParse(value)
    return pair.success ? [[name, { library: pair.data[0], className: pair.data[1] }]] : []
  })
  return {
    className,
    components: new Map(components),
    forceZerosForEmptyPrompt: force ?? className.startsWith('StableDiffusionXL'),
  }
}

const schema = z.object({
  _class_name: z.string(),
  force_zeros_for_empty_prompt: z.boolean().optional(),
})

const componentSchema = z.tuple([z.string(), z.string()])
