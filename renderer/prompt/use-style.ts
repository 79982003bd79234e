import type { PromptStyle } from '../../engine/contract/prompt-records.ts'

/** Both sides of a prompt. */
export interface PromptPair {
  readonly prompt: string
  readonly negative: string
}

const placeholder = '{prompt}'

/** A prompt with a style's pieces: around it where the style says `{prompt}`, else behind it. What is there already is not added twice. */
export const withStyle = (pair: PromptPair, style: Pick<PromptStyle, 'prompt' | 'negative'>): PromptPair => ({
  prompt: joined(pair.prompt, style.prompt),
  negative: joined(pair.negative, style.negative),
})

function joined(text: string, piece: string): string {
  const [plain, added] = [text.trim(), piece.trim()]
  if (added === '' || plain.includes(added)) return text
  if (added.includes(placeholder)) return added.replaceAll(placeholder, plain)
  return plain === '' ? added : `${plain.replace(/,$/, '')}, ${added}`
}
