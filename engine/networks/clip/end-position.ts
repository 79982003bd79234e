/**
 * Where CLIP takes its pooled vector in one row of token ids: the first end token. Published SD 1.5, 2.x and XL
 * configurations give eos_token_id 2 by mistake; the position is then that of the highest id.
 */
export const endPosition = (ids: readonly number[], endTokenId: number | null | undefined): number => {
  if (endTokenId === 2 || endTokenId == null) return ids.indexOf(Math.max(...ids))
  const first = ids.indexOf(endTokenId)
  return first === -1 ? 0 : first // as argmax over no match
}
