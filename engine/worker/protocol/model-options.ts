import { z } from 'zod'
import { deviceChoices } from '../../contract/device-records.ts'

/** A path on this machine. */
export const pathSchema = z.string().min(1).max(4096)
/** Some paths on this machine. */
export const pathsSchema = z.array(pathSchema).max(10_000)

/** A LoRA file and how strong it is for the UNet and for the text encoders. */
export const loraOnDiskSchema = z.strictObject({ path: pathSchema, strength: z.number(), textStrength: z.number() })
export type LoraOnDisk = z.infer<typeof loraOnDiskSchema>

/** How a model is opened, beside its path. */
export const modelOptions = {
  /** A VAE file in place of the model's own. */
  vaePath: pathSchema.optional(),
  /** What its network predicts, where the user knows better than its files. */
  prediction: z.enum(['epsilon', 'v_prediction']).optional(),
  /** Folder with what was measured about models in read-only folders. */
  measurementsFolder: pathSchema.optional(),
  /** What the worker may hold at most, in bytes; as much as the system has available when absent. */
  memoryBytes: z.int().positive().optional(),
  /** Where it runs; where the last job ran when absent. A device that has not passed its check is not used. */
  device: z.enum(deviceChoices).optional(),
}
