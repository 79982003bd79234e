import type { CaseKind } from './case-kind.ts'
import { biasAttentionCase } from './kinds/bias-attention.ts'
import { clipScoreCase } from './kinds/clip-score.ts'
import { clipTextCase } from './kinds/clip-text.ts'
import { gradientDpoCase } from './kinds/gradient-dpo.ts'
import { gradientProtectionCase } from './kinds/gradient-protection.ts'
import { gradientRegionCase } from './kinds/gradient-region.ts'
import { loraRefusedCase } from './kinds/lora-refused.ts'
import { loraSdxlCase } from './kinds/lora-sdxl.ts'
import { loraCase } from './kinds/lora.ts'
import { pipelineCase } from './kinds/pipeline.ts'
import { promptWeightsCase } from './kinds/prompt-weights.ts'
import { samplerCase } from './kinds/sampler.ts'
import { singleFileCase } from './kinds/single-file.ts'
import { tokenizerCase } from './kinds/tokenizer.ts'
import { torchRandnCase } from './kinds/torch-randn.ts'
import { unetCase } from './kinds/unet.ts'
import { vaeCase } from './kinds/vae.ts'

/** Every kind of recorded case that is built. The first that matches a folder's name takes it. */
export const caseKinds: readonly CaseKind[] = [
  biasAttentionCase,
  clipScoreCase,
  clipTextCase,
  gradientDpoCase,
  gradientProtectionCase,
  gradientRegionCase,
  loraCase,
  loraRefusedCase,
  loraSdxlCase,
  pipelineCase,
  promptWeightsCase,
  samplerCase,
  singleFileCase,
  tokenizerCase,
  torchRandnCase,
  unetCase,
  vaeCase,
]
