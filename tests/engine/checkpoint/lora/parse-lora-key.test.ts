import { describe, expect, it } from 'vitest'
import { foreignAdapter, parseLoraKey } from '../../../../engine/checkpoint/lora/parse-lora-key.ts'

describe('parseLoraKey', () => {
  it.each([
    ['lora_unet_x_attn1_to_q.lora_down.weight', 'lora_unet_x_attn1_to_q', 'down'],
    ['lora_te_x.lora_up.weight', 'lora_te_x', 'up'],
    ['lora_unet_conv1.lora_mid.weight', 'lora_unet_conv1', 'mid'],
    ['lora_unet_conv1.alpha', 'lora_unet_conv1', 'alpha'],
    ['unet.a.to_out.0.lora_A.weight', 'unet.a.to_out.0', 'down'],
    ['unet.a.to_out.0.lora_B.default.weight', 'unet.a.to_out.0', 'up'],
    ['unet.a.to_q.lora.down.weight', 'unet.a.to_q', 'down'],
    ['text_encoder.a.k_proj.lora_linear_layer.up.weight', 'text_encoder.a.k_proj', 'up'],
    ['a.attn2.processor.to_out_lora.down.weight', 'a.attn2.to_out.0', 'down'],
    ['text_encoder.a.self_attn.to_out_lora.up.weight', 'text_encoder.a.self_attn.out_proj', 'up'],
    ['text_encoder.a.self_attn.to_v_lora.down.weight', 'text_encoder.a.self_attn.v_proj', 'down'],
  ] as const)('reads %s', (key, layer, part) => {
    expect(parseLoraKey(key)).toEqual({ layer, part })
  })

  it.each(['conv_in.weight', 'lora_unet_x.weight', 'emb_params'])('knows nothing of %s', (key) => {
    expect(parseLoraKey(key)).toBeUndefined()
  })
})

describe('foreignAdapter', () => {
  it.each([
    ['lora_unet_x.dora_scale', 'DoRA'],
    ['unet.x.lora_magnitude_vector.default.weight', 'DoRA'],
    ['lora_unet_x.hada_w1_a', 'LoHa'],
    ['lora_unet_x.lokr_w2_b', 'LoKr'],
    ['lora_unet_x.lokr_w1', 'LoKr'],
    ['lora_unet_x.oft_blocks', 'OFT'],
    ['oft_unet_x.oft_diag', 'OFT'],
    ['lora_unet_x.a1.weight', 'GLoRA'],
    ['lora_unet_x.diff', 'a full difference'],
    ['lora_unet_x.w_norm', 'trained norms'],
    ['unet.x.lora_B.bias', 'LoRA with biases'],
  ] as const)('names %s', (key, adapter) => {
    expect(foreignAdapter(key)).toBe(adapter)
  })
})
