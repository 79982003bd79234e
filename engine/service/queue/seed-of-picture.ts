/** The seed of picture `index` of a job that begins with `seed`: they count up, modulo 2^64. */
export const seedOfPicture = (seed: string, index: number): string =>
  BigInt.asUintN(64, BigInt(seed) + BigInt(index)).toString()
