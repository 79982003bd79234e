/** How the heat of a word is shown over a picture. */
export const heatPalettes = ['ember', 'cividis', 'outline'] as const
export type HeatPalette = (typeof heatPalettes)[number]

type Colour = readonly [red: number, green: number, blue: number]

/**
 * Colours at equal distances from cold to hot; both ramps grow lighter all the way.
 *
 * @source matplotlib: inferno (van der Walt and Smith 2015) and cividis (Nuñez et al. 2018, doi:10.1371/journal.pone.0199239)
 */
const ramps: Readonly<Record<Exclude<HeatPalette, 'outline'>, readonly Colour[]>> = {
  ember: [
    [0, 0, 4],
    [31, 12, 72],
    [85, 15, 109],
    [136, 34, 106],
    [186, 54, 85],
    [227, 89, 51],
    [249, 140, 10],
    [249, 201, 50],
    [252, 255, 164],
  ],
  cividis: [
    [0, 34, 78],
    [18, 53, 112],
    [59, 73, 108],
    [87, 93, 109],
    [112, 113, 115],
    [138, 134, 120],
    [165, 156, 116],
    [195, 179, 105],
    [254, 232, 56],
  ],
}

/** Where heat begins to be seen, and from where on it hides the picture under it. */
const faint = 0.06
const full = 0.55

/** The colour of a heat of 0 … 1, with the opacity that lets cold places show the picture. */
export function colourOfHeat(palette: HeatPalette, heat: number): readonly [...Colour, alpha: number] {
  if (palette === 'outline') return [0, 0, 0, 0]
  const ramp = ramps[palette]
  const at = Math.min(1, Math.max(0, heat)) * (ramp.length - 1)
  const below = Math.min(ramp.length - 2, Math.floor(at))
  const mix = (channel: 0 | 1 | 2): number => {
    const from = ramp[below]?.[channel] ?? 0
    return Math.round(from + ((ramp[below + 1]?.[channel] ?? from) - from) * (at - below))
  }
  const share = Math.min(1, Math.max(0, (heat - faint) / (full - faint)))
  return [mix(0), mix(1), mix(2), Math.round(255 * share * share * (3 - 2 * share))]
}

/** A palette from cold to hot as a CSS gradient. */
export const heatGradient = (palette: Exclude<HeatPalette, 'outline'>): string =>
  `linear-gradient(90deg, ${ramps[palette].map((colour) => `rgb(${colour.join(' ')})`).join(', ')})`
