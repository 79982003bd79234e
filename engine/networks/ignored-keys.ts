/** Keys that checkpoints carry and no network reads, left out on purpose. */
export const ignoredKeys: readonly RegExp[] = [
  /(^|\.)position_ids$/, // a table 0 … n−1 that old writers stored
  /^model_ema\./, // averaged weights of a training run
  /^first_stage_model\.loss\./, // the autoencoder's discriminator
  /(^|\.)logit_scale$/, // CLIP's temperature
  /(^|\.)attn_mask$/, // OpenCLIP's causal mask
]
