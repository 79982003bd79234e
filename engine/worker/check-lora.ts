import { matchLora } from '../checkpoint/lora/match-lora.ts'
import { loraNames } from '../checkpoint/lora/lora-targets.ts'
import { openLora, type LoraFile } from '../checkpoint/lora/open-lora.ts'
import type { ModelFiles } from '../checkpoint/model-files.ts'
import { adviceToChooseModel, type Findings } from './check-findings.ts'
import { oneLine } from './note-line.ts'

/**
 * What a LoRA file holds, and how much of it fits a model.
 *
 * @throws EngineError as `openLora` and `matchLora`
 */
export const checkLora = async (path: string, base: ModelFiles | undefined): Promise<Findings> => {
  const file = await openLora(path)
  if (base === undefined) return { facts: [...factsOf(file), adviceToChooseModel] }
  const { report } = matchLora(file, loraNames(base))
  const { matched, total, unmatched, perComponent } = report
  return { facts: factsOf(file), match: { model: base.name, matched, total, unmatched, perComponent } }
}

/**
 * Layers without an alpha count at scale 1, whatever `ss_network_alpha` says: sd-scripts (which writes it), A1111 and ComfyUI
 * read it as little.
 */
const alphaFacts = ({ layers, checkpoint: { metadata } }: LoraFile): { label: string; value: string }[] => {
  const without = [...layers.values()].filter(({ alpha }) => alpha === undefined).length
  const said = metadata.get('ss_network_alpha')
  if (without === 0 || said === undefined || metadata.has('lora_adapter_metadata')) return []
  const which = without === layers.size ? 'no layer has one' : `${without} of ${layers.size} layers have none`
  const header = `ss_network_alpha ${oneLine(said, 20)} in the header is not used, as nowhere else`
  return [{ label: 'alpha', value: `${which}: scale 1; ${header}` }]
}

const factsOf = (file: LoraFile): { label: string; value: string }[] => {
  const { layers } = file
  const { metadata } = file.checkpoint
  const ranks = [...new Set([...layers.values()].map(({ down }) => down.shape[0] ?? 0))].sort((a, b) => a - b)
  const written = [
    ['name in its header', metadata.get('ss_output_name') ?? metadata.get('modelspec.title')],
    ['made for', metadata.get('ss_base_model_version') ?? metadata.get('modelspec.architecture')],
    ['trained on', metadata.get('ss_sd_model_name')],
  ] as const
  return [
    { label: ranks.length === 1 ? 'rank' : 'ranks', value: ranks.join(', ') },
    ...alphaFacts(file),
    ...written.flatMap(([label, value]) =>
      value === undefined || value === 'None' ? [] : [{ label, value: oneLine(value, 200) }],
    ),
  ]
}
