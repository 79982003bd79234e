import { z } from 'zod'
import { insidePathSchema, lineSchema } from './scalars.ts'

/**
 * Layout version 1: regions of the picture and the phrase that each shall show.
 * Coordinates are pixels of `width` x `height`, origin top left. Unknown fields are errors.
 */

const pixel = z.number().min(-65_536).max(65_536)

const boxSchema = z.strictObject({
  kind: z.literal('box'),
  x: pixel,
  y: pixel,
  width: z.number().positive().max(65_536),
  height: z.number().positive().max(65_536),
})

const polygonSchema = z.strictObject({
  kind: z.literal('polygon'),
  points: z
    .array(z.tuple([pixel, pixel]))
    .min(3)
    .max(10_000),
})

const maskSchema = z.strictObject({
  kind: z.literal('mask'),
  /** 8-bit grey or alpha, white inside, any size. Through the contract: the mask's hash, never a path. */
  file: insidePathSchema,
})

export const shapeSchema = z.discriminatedUnion('kind', [boxSchema, polygonSchema, maskSchema])
export type LayoutShape = z.infer<typeof shapeSchema>

export const layoutRegionSchema = z
  .strictObject({
    id: lineSchema(64).min(1),
    phrase: lineSchema(1000).min(1),
    /** Which of several equal phrases in the prompt, from 0. */
    occurrence: z.int().min(0).max(100).default(0),
    strength: z.number().min(0).max(10).default(1),
    /** Share of the steps, 0 … 1, at which guiding begins and ends; `to` absent = the method's default. */
    from: z.number().min(0).max(1).default(0),
    to: z.number().min(0).max(1).optional(),
    shape: shapeSchema,
  })
  .refine((region) => region.to === undefined || region.to >= region.from, '"to" lies before "from"')
export type LayoutRegion = z.infer<typeof layoutRegionSchema>

export const layoutSchema = z
  .strictObject({
    version: z.literal(1),
    width: z.int().min(1).max(65_536),
    height: z.int().min(1).max(65_536),
    regions: z.array(layoutRegionSchema).max(100),
  })
  .refine(hasUniqueIds, 'two regions have the same id')
export type Layout = z.infer<typeof layoutSchema>

/** The layout as JSON schema (draft 2020-12), for editors and for people who write layouts by hand. */
export const layoutJsonSchema = (): unknown => z.toJSONSchema(layoutSchema, { io: 'input' })

function hasUniqueIds(layout: { readonly regions: readonly { readonly id: string }[] }): boolean {
  return new Set(layout.regions.map(({ id }) => id)).size === layout.regions.length
}
