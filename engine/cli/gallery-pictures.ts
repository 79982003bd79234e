/** The README's gallery: what the bundled model can do. */
export const galleryPictures: readonly { readonly prompt: string; readonly seed: number }[] = [
  { prompt: 'a cat on a meadow', seed: 100 },
  { prompt: 'a rocket at night', seed: 104 },
  { prompt: 'two foxes in the snow', seed: 103 },
  { prompt: 'a pizza on a blue background', seed: 102 },
  { prompt: 'an apple and a banana on a beach', seed: 105 },
  { prompt: 'a big ghost in a forest', seed: 106 },
  { prompt: 'a fish under water', seed: 107 },
  { prompt: 'a red heart to the left of a penguin', seed: 101 },
]
