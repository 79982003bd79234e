import { describe, expect, it } from 'vitest'
import { importSampler } from '../../../engine/diffusion/import-sampler.ts'
import { samplers } from '../../../engine/diffusion/samplers/samplers.ts'

/** Everything that A1111 1.10, Forge and their joined older names can write into a picture. */
const a1111Names = [
  ...['DPM++ 2M', 'DPM++ SDE', 'DPM++ 2M SDE', 'DPM++ 2M SDE Heun', 'DPM++ 2S a', 'DPM++ 3M SDE', 'Euler a', 'Euler'],
  ...['LMS', 'Heun', 'DPM2', 'DPM2 a', 'DPM fast', 'DPM adaptive', 'Restart', 'DDIM', 'DDIM CFG++', 'PLMS', 'UniPC'],
  ...['LCM', 'DDPM', 'DEIS', 'IPNDM', 'IPNDM_V', 'HeunPP2', 'TCD', 'Euler CFG++', 'Euler a CFG++', 'DPM++ 2M CFG++'],
  ...['LMS Karras', 'DPM2 Karras', 'DPM2 a Karras', 'DPM++ 2S a Karras', 'DPM++ 2M Karras', 'DPM++ SDE Karras'],
  ...['DPM++ 2M SDE Karras', 'DPM++ 2M SDE Exponential', 'DPM++ 2M SDE Heun Karras', 'DPM++ 3M SDE Karras'],
  ...['DPM++ 2M SDE Heun Exponential', 'DPM++ 3M SDE Exponential', 'DPM++ 2M alt Karras'],
]

/** comfy.samplers.KSampler.SAMPLERS. */
const comfyNames = [
  ...['euler', 'euler_cfg_pp', 'euler_ancestral', 'euler_ancestral_cfg_pp', 'heun', 'heunpp2', 'exp_heun_2_x0'],
  ...['exp_heun_2_x0_sde', 'dpm_2', 'dpm_2_ancestral', 'lms', 'dpm_fast', 'dpm_adaptive', 'dpmpp_2s_ancestral'],
  ...['dpmpp_2s_ancestral_cfg_pp', 'dpmpp_sde', 'dpmpp_sde_gpu', 'dpmpp_2m', 'dpmpp_2m_cfg_pp', 'dpmpp_2m_sde'],
  ...['dpmpp_2m_sde_gpu', 'dpmpp_2m_sde_heun', 'dpmpp_2m_sde_heun_gpu', 'dpmpp_3m_sde', 'dpmpp_3m_sde_gpu', 'ddpm'],
  ...['lcm', 'ipndm', 'ipndm_v', 'deis', 'res_multistep', 'res_multistep_cfg_pp', 'res_multistep_ancestral'],
  ...['res_multistep_ancestral_cfg_pp', 'gradient_estimation', 'gradient_estimation_cfg_pp', 'er_sde', 'seeds_2'],
  ...['seeds_3', 'sa_solver', 'sa_solver_pece', 'ddim', 'uni_pc', 'uni_pc_bh2'],
]

const invokeNames = [
  ...['ddim', 'ddpm', 'deis', 'deis_k', 'lms', 'lms_k', 'pndm', 'heun', 'heun_k', 'euler', 'euler_k', 'euler_a'],
  ...['kdpm_2', 'kdpm_2_k', 'kdpm_2_a', 'kdpm_2_a_k', 'dpmpp_2s', 'dpmpp_2s_k', 'dpmpp_2m', 'dpmpp_2m_k'],
  ...['dpmpp_2m_sde', 'dpmpp_2m_sde_k', 'dpmpp_3m', 'dpmpp_3m_k', 'dpmpp_sde', 'dpmpp_sde_k', 'unipc', 'unipc_k'],
  ...['lcm', 'tcd'],
]

const diffusersNames = [
  ...['DDIMScheduler', 'DDPMScheduler', 'PNDMScheduler', 'LMSDiscreteScheduler', 'EulerDiscreteScheduler'],
  ...['EulerAncestralDiscreteScheduler', 'HeunDiscreteScheduler', 'DPMSolverMultistepScheduler', 'LCMScheduler'],
  ...['DPMSolverSinglestepScheduler', 'KDPM2DiscreteScheduler', 'KDPM2AncestralDiscreteScheduler', 'TCDScheduler'],
  ...['DEISMultistepScheduler', 'UniPCMultistepScheduler', 'DPMSolverSDEScheduler', 'IPNDMScheduler'],
  'SASolverScheduler',
]

const everyName = [...new Set([...a1111Names, ...comfyNames, ...invokeNames, ...diffusersNames])]

describe('a sampler of another program', () => {
  it.each([
    ['Euler', undefined, 'euler', 'linspace'],
    ['Euler a', 'Automatic', 'euler-a', 'linspace'],
    ['euler_ancestral', 'normal', 'euler-a', 'linspace'],
    ['k_euler_a', undefined, 'euler-a', 'linspace'],
    ['Heun', 'Karras', 'heun', 'karras'],
    ['DPM++ 2M Karras', undefined, 'dpmpp-2m', 'karras'],
    ['DPM++ 2M Karras', 'Automatic', 'dpmpp-2m', 'karras'],
    ['DPM++ 2M', 'Karras', 'dpmpp-2m', 'karras'],
    ['DPM++ 2M', 'Automatic', 'dpmpp-2m', 'karras'],
    ['DPM++ 2M', undefined, 'dpmpp-2m', 'linspace'],
    ['k_dpmpp_2m_ka', undefined, 'dpmpp-2m', 'karras'],
    ['dpmpp_2m_k', undefined, 'dpmpp-2m', 'karras'],
    ['dpmpp_2m_sde_gpu', 'karras', 'dpmpp-2m-sde', 'karras'],
    ['DPM++ 2M SDE Karras', undefined, 'dpmpp-2m-sde', 'karras'],
    ['uni_pc_bh2', 'simple', 'unipc', 'trailing'],
    ['DDIM', undefined, 'ddim', 'leading'],
    ['ddim', 'ddim_uniform', 'ddim', 'leading'],
    ['DDPM', undefined, 'ddpm', 'leading'],
    ['LCM', undefined, 'lcm', 'leading'],
    ['PNDMScheduler', undefined, 'dpmpp-2m', 'linspace'],
  ])('"%s" with schedule %s is %s with %s', (name, schedule, sampler, kind) => {
    const found = importSampler(name, schedule)
    expect(found).toMatchObject({ sampler, schedule: kind })
    if (name !== 'PNDMScheduler') expect(found.substitutions).toEqual([])
  })

  it.each([
    ['LMS Karras', undefined, 'dpmpp-2m', 'karras', [{ of: 'sampler', asked: 'LMS Karras', chosen: 'DPM++ 2M' }]],
    [
      'DPM++ 2M SDE Heun Exponential',
      undefined,
      'dpmpp-2m-sde',
      'karras',
      [
        { of: 'sampler', asked: 'DPM++ 2M SDE Heun Exponential', chosen: 'DPM++ 2M SDE' },
        { of: 'schedule', asked: 'exponential', chosen: 'karras' },
      ],
    ],
    ['DPM++ 2M SDE', 'Automatic', 'dpmpp-2m-sde', 'karras', [{ of: 'schedule', asked: 'Automatic', chosen: 'karras' }]],
    ['Euler', 'SGM Uniform', 'euler', 'trailing', [{ of: 'schedule', asked: 'SGM Uniform', chosen: 'trailing' }]],
    ['Euler', 'bong_tangent', 'euler', 'linspace', [{ of: 'schedule', asked: 'bong_tangent', chosen: 'linspace' }]],
    ['LCM', 'Karras', 'lcm', 'leading', [{ of: 'schedule', asked: 'Karras', chosen: 'leading' }]],
    ['Euler SMEA Dy', undefined, 'euler', 'linspace', [{ of: 'sampler', asked: 'Euler SMEA Dy', chosen: 'Euler' }]],
    ['', undefined, 'euler', 'linspace', [{ of: 'sampler', asked: '', chosen: 'Euler' }]],
  ])('"%s" with schedule %s says what was chosen instead', (name, schedule, sampler, kind, substitutions) => {
    expect(importSampler(name, schedule)).toEqual({ sampler, schedule: kind, substitutions })
  })

  const ours = { of: 'sampler', chosen: 'UniPC (bh2, order 2)' }
  it.each([
    ['UniPC', { source: 'a1111' }, [{ ...ours, asked: 'UniPC (bh1, order 3)' }]],
    ['UniPC', { source: 'a1111', other: { 'UniPC variant': 'bh2' } }, [{ ...ours, asked: 'UniPC (bh2, order 3)' }]],
    ['UniPC', { source: 'a1111', other: { 'UniPC variant': 'bh2', 'UniPC order': '2' } }, []],
    ['UniPC', { source: 'a1111', other: { App: 'SD.Next' } }, []],
    ['uni_pc', { source: 'comfyui' }, [{ ...ours, asked: 'uni_pc (bh1, order 3)' }]],
    ['uni_pc_bh2', { source: 'comfyui' }, [{ ...ours, asked: 'uni_pc_bh2 (bh2, order 3)' }]],
    ['unipc_k', { source: 'invokeai' }, []],
    ['UniPCMultistepScheduler', { source: 'a1111' }, []],
  ])('"%s" of %o is taken for the UniPC that it is there', (name, origin, substitutions) => {
    expect(importSampler(name, undefined, origin)).toMatchObject({ sampler: 'unipc', substitutions })
  })

  it("takes ComfyUI's ddim on another schedule as what it is there, Euler", () => {
    expect(importSampler('ddim', 'karras')).toEqual({ sampler: 'euler', schedule: 'karras', substitutions: [] })
  })

  it.each(everyName)('"%s" is known by name', (name) => {
    const { sampler, schedule, substitutions } = importSampler(name)
    const entry = samplers.find(({ id }) => id === sampler)
    expect(entry?.schedules).toContain(schedule)
    // The fallback for unknown names is Euler: whoever lands there must be one of its kin
    if (sampler === 'euler' && substitutions.length > 0) expect(name).toMatch(/euler|gradient/i)
  })

  it.each(samplers)('$label is the same sampler under its own label, id and ComfyUI id', ({ id, label, comfyId }) => {
    for (const name of [label, id, comfyId]) {
      expect(importSampler(name)).toMatchObject({ sampler: id, substitutions: [] })
    }
  })
})
