/** How the levels of a schedule are spread: A1111 and ComfyUI call `linspace` "normal". */
export const scheduleKinds = ['linspace', 'leading', 'trailing', 'karras'] as const
export type ScheduleKind = (typeof scheduleKinds)[number]

/**
 * Which training steps a sampler may land on:
 * `fractional` N points from the last to the first, between training steps too (Euler, Euler a, Heun);
 * `rounded` the same, whole (DDIM, DDPM);
 * `multistep` N + 1 whole points without the 0 (DPM++ 2M, DPM++ 2M SDE, UniPC);
 * `distilled` a subset of the 50 steps that latent consistency models are trained on (LCM).
 */
export type TimestepGrid = 'fractional' | 'rounded' | 'multistep' | 'distilled'
