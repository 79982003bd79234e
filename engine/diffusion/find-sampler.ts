import { EngineError } from '../contract/failures.ts'
import { samplers, type SamplerEntry } from './samplers/samplers.ts'

/** The sampler of that id, such as `dpmpp-2m`. @throws EngineError 'unknown-name' that lists the known ones */
export const findSampler = (id: string): SamplerEntry => {
  const entry = samplers.find((sampler) => sampler.id === id)
  if (entry !== undefined) return entry
  throw new EngineError('unknown-name', {
    where: 'sampler',
    found: `"${id}"`,
    expected: samplers.map((sampler) => sampler.id).join(', '),
  })
}
