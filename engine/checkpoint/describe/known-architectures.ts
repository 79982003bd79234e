import type { BaseFamily } from './file-description.ts'

/** An architecture that Attune does not compute, by keys that only it has (prefixes of single files are optional). */
interface ForeignArchitecture {
  readonly name: string
  readonly family: BaseFamily
  readonly key: RegExp
}

/** The order matters: later ones share keys with earlier ones. */
export const foreignModels: readonly ForeignArchitecture[] = [
  { name: 'SD 3', family: 'sd3', key: /(^|\.)joint_blocks\.0\.context_block\.attn\.qkv\.weight$/ },
  { name: 'SD 3', family: 'sd3', key: /^transformer_blocks\.0\.norm1_context\.linear\.weight$/ },
  { name: 'Chroma', family: 'other', key: /(^|\.)distilled_guidance_layer\./ },
  { name: 'HunyuanVideo', family: 'other', key: /(^|\.)txt_in\.individual_token_refiner\./ },
  { name: 'Flux', family: 'flux', key: /(^|\.)double_blocks\.0\.img_attn\.qkv\.weight$/ },
  { name: 'Flux', family: 'flux', key: /^single_transformer_blocks\.0\.attn\.to_q\.weight$/ },
  { name: 'Qwen-Image', family: 'other', key: /(^|\.)transformer_blocks\.0\.img_mod\.1\.weight$/ },
  { name: 'Lumina or Z-Image', family: 'other', key: /(^|\.)(noise_refiner|context_refiner)\.0\./ },
  {
    name: 'Wan video',
    family: 'other',
    key: /(^|\.)(blocks\.0\.self_attn\.norm_q|condition_embedder\.text_embedder\.linear_1)\.weight$/,
  },
  {
    name: 'Stable Video Diffusion',
    family: 'other',
    key: /(^|\.)(time_stack|time_mixer|temporal_transformer_blocks)\./,
  },
  { name: 'LTX video', family: 'other', key: /(^|\.)patchify_proj\.weight$/ },
  { name: 'Sana', family: 'other', key: /(^|\.)(inverted_conv\.conv|conv_inverted)\.weight$/ },
  { name: 'PixArt', family: 'other', key: /(^|\.)adaln_single\.linear\.weight$|(^|\.)t_block\.1\.weight$/ },
  { name: 'Stable Cascade', family: 'other', key: /(^|\.)(clip_txt_mapper|effnet_mapper\.0)\.weight$/ },
  { name: 'AuraFlow', family: 'other', key: /(^|\.)double_layers\.0\.attn\.w1q\.weight$/ },
  { name: 'HiDream', family: 'other', key: /(^|\.)double_stream_blocks\.0\./ },
  { name: 'Hunyuan-DiT', family: 'other', key: /(^|\.)(mlp_t5\.0\.weight|text_embedding_padding)$/ },
  { name: 'Cosmos', family: 'other', key: /(^|\.)blocks\.block0\.blocks\.0\./ },
  { name: 'Mochi video', family: 'other', key: /(^|\.)t5_yproj\.weight$/ },
  { name: 'CogVideoX', family: 'other', key: /(^|\.)patch_embed\.text_proj\.weight$/ },
  { name: 'Kandinsky or DeepFloyd', family: 'other', key: /(^|\.)attentions\.0\.add_k_proj\.weight$/ },
  { name: 'Kolors', family: 'other', key: /(^|\.)encoder_hid_proj\.weight$/ },
  { name: 'TAESD', family: 'other', key: /^((en|de)coder\.layers\.0\.weight|3\.conv\.0\.weight)$/ },
]

/** Parts for other models that are neither LoRA nor ControlNet. */
export const adapters: readonly { readonly name: string; readonly key: RegExp }[] = [
  { name: 'IP-Adapter', key: /^(ip_adapter|image_proj)\./ },
  { name: 'AnimateDiff motion module', key: /(^|\.)motion_modules\.0\./ },
  { name: 'T2I-Adapter', key: /^(adapter\.)?body\.0\.(in_conv|resnets\.0\.block1|block1)\.weight$/ },
  { name: 'ControlLLLite', key: /^lllite_/ },
  { name: 'hypernetwork', key: /^\d+\.[01]\.linear\.0\.weight$/ },
  { name: 'GLIGEN network', key: /(^|\.)(fuser|position_net)\.(linear|linears|attn)/ },
]

export const upscalers: readonly { readonly name: string; readonly key: RegExp }[] = [
  { name: 'ESRGAN', key: /(^|\.)(RRDB_trunk\.0\.RDB1|body\.0\.rdb1|model\.1\.sub\.0\.RDB1)\.conv1(\.0)?\.weight$/ },
  { name: 'transformer', key: /(^|\.)layers\.0\.(residual_group\.)?blocks\.0\..*(relative_position_bias_table|attn)/ },
  { name: 'compact', key: /^(params(_ema)?\.)?body\.1\.weight$/ },
  { name: 'SPAN', key: /(^|\.)block_1\.c1_r\.(sk|conv\.0)\.weight$/ },
]

/** Beginnings of layer names in LoRA files for architectures that Attune does not compute. */
export const foreignLoras: readonly ForeignArchitecture[] = [
  { name: 'Stable Cascade', family: 'other', key: /^lora_prior_/ },
  { name: 'HunyuanVideo', family: 'other', key: /img_attn_qkv|individual_token_refiner/ },
  { name: 'Flux', family: 'flux', key: /(double|single)_blocks[._]\d|single_transformer_blocks/ },
  { name: 'Qwen-Image', family: 'other', key: /transformer_blocks[._]\d+[._](img|txt)_(mlp|mod)/ },
  { name: 'SD 3', family: 'sd3', key: /(joint_blocks[_.]|^transformer\.transformer_blocks\.)/ },
  {
    name: 'Lumina or Z-Image',
    family: 'other',
    key: /(^|[._])(layers[._]\d+[._]attention|(noise|context)_refiner)[._]/,
  },
  { name: 'Wan video', family: 'other', key: /(^|\.|_)blocks[._]0[._](self_attn|cross_attn)[._]/ },
  // those of Stable Diffusion lie inside of attentions
  { name: 'a diffusion transformer', family: 'other', key: /^(base_model\.model\.)?transformer_blocks[._]\d/ },
]
