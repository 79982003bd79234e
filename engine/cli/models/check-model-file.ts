import { resolve } from 'node:path'
import { toError } from '../../contract/failure-record.ts'
import { cleanLine } from '../../image/metadata/clean-text.ts'
import type { ModelCheck } from '../../worker/protocol/model-calls.ts'
import type { CommandContext } from '../command.ts'
import { parseOptions } from '../parse-options.ts'
import { predictionOption } from '../prediction-option.ts'
import { workerLink } from '../worker-link.ts'
import { formatBytes } from './format-bytes.ts'
import { onePath } from './one-path.ts'

/** `attune models check PATH`: all that can be said about a file; throws why it cannot be used, if so. */
export const checkModelFile = async (args: readonly string[], { output, signal }: CommandContext): Promise<void> => {
  const { values, positionals } = parseOptions('models check', args, {
    model: { type: 'string' },
    vae: { type: 'string' },
    prediction: { type: 'string' },
    json: { type: 'boolean' },
  })
  const { model, vae } = values
  const prediction = predictionOption(values.prediction)
  const path = onePath('check', 'file or folder', positionals)
  const worker = workerLink((text) => void process.stderr.write(text))
  try {
    const options = {
      ...(model !== undefined && { modelPath: resolve(model) }),
      ...(vae !== undefined && { vaePath: resolve(vae) }),
      ...(prediction !== undefined && { prediction }),
    }
    const found = await worker.call('checkModel', { path, ...options }, { signal })
    output.result(reportOf(found), { path, ...found })
    if (found.failure !== null) throw toError(found.failure)
  } finally {
    await worker.close()
  }
}

/** The findings in lines: a sentence, then what was found under what. */
export const reportOf = (found: ModelCheck): string => {
  const rows: readonly (readonly [label: string, text: string])[] = [
    ...found.facts.map(({ label, value }) => [label, value] as const),
    ...found.parts.map((part) => [part.name, partText(part)] as const),
    ...matchRows(found.match),
    ...found.assumptions.map(({ setting, value, because }) => ['assumed', `${setting}: ${value}, because ${because}`] as const), // prettier-ignore
    ...(found.unused.length === 0 ? [] : [['not used', `${found.unused.length} tensors that no network needs: ${some(found.unused)}`] as const]), // prettier-ignore
  ]
  const width = Math.max(0, ...rows.map(([label]) => label.length))
  const lines = rows.map(([label, text]) => `  ${label.padEnd(width)}  ${cleanLine(text, 2000)}`)
  return [cleanLine(found.description.sentence, 2000), ...lines].join('\n')
}

const partText = ({ weights, sizeBytes, storedAs, missing, failure }: ModelCheck['parts'][number]): string => {
  const stored = `${weights} weights, ${formatBytes(sizeBytes)} as ${storedAs.join(' and ')}`
  if (missing.length > 0) return `${stored}; ${missing.length} missing: ${some(missing)}`
  return failure === null ? `${stored}, all there` : `${stored}; ${failure.message}`
}

const matchRows = (match: ModelCheck['match']): readonly (readonly [string, string])[] => {
  if (match === null) return []
  const { model, matched, total, unmatched, perComponent } = match
  const parts = Object.entries(perComponent).map(([component, count]) => `${component} ${count}`)
  return [
    ['matches', `${matched} of ${total} layers of ${model} (${parts.join(', ')})`],
    ...(unmatched.length === 0 ? [] : [['not in it', some(unmatched)] as const]),
  ]
}

const some = (names: readonly string[]): string =>
  names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`
