/** Where pictures of the library are, by id: the same path from the shell's own protocol and from the headless studio. */
export const pictureAddress = (id: number): string => `/image/${id}`

/** A smaller copy, for strips, lists and the grid. */
export const thumbnailAddress = (id: number): string => `/image/${id}/thumbnail`
