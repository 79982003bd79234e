/** Red, green, blue 0 … 255 of the twelve region paints, as in style/tokens.css: the canvas cannot read oklch tokens cheaply. */
const paints: readonly (readonly [number, number, number])[] = [
  [250, 150, 11],
  [89, 102, 243],
  [254, 226, 159],
  [193, 70, 133],
  [209, 190, 254],
  [160, 249, 228],
  [80, 175, 182],
  [217, 246, 27],
  [61, 139, 110],
  [147, 123, 31],
  [242, 167, 164],
  [221, 44, 62],
]

/** In place of a region's colour: a mask, which is light grey. */
export const maskColour = 0

export const paintOf = (colour: number): readonly [number, number, number] =>
  colour === maskColour ? [236, 236, 236] : (paints[(colour - 1) % 12] ?? [250, 150, 11])

export const paintStyle = (colour: number): string => `rgb(${paintOf(colour).join(' ')})`

/** Degrees of the hatching, so that colour is never the only difference. */
export const hatchAngle = (colour: number): number =>
  colour === maskColour ? 20 : ([45, -45, 0, 90][(colour - 1) % 4] ?? 45)
