import { cleanLine } from './clean-text.ts'
import type { ForeignLora } from './foreign-recipe.ts'
import { valueLimits } from './foreign-values.ts'

const tag = /<lora:([^:<>\n]{1,200}):(-?[0-9.]{1,10})(?::[^<>\n]{0,50})?>/gi

/** The LoRAs that a prompt names as A1111 writes them, `<lora:name:0.8>`, in order. */
export const readLoraTags = (prompt: string): readonly ForeignLora[] => {
  const loras: ForeignLora[] = []
  for (const [, name = '', strength = ''] of prompt.matchAll(tag)) {
    const [shown, number] = [cleanLine(name, 200), Number(strength)]
    if (shown === '' || !(Math.abs(number) <= valueLimits.strength.most)) continue
    if (loras.length === valueLimits.loras) break
    loras.push({ name: shown, strength: number })
  }
  return loras
}
