/** Where pictures of the library are, by id; the shell's own protocol or the headless studio's server. */
export const pictureAddress = (id: number): string => `${root()}/${id}`

/** A smaller copy, for strips, lists and the grid. */
export const thumbnailAddress = (id: number): string => `${root()}/${id}/thumbnail`

const root = (): string => (location.protocol === 'studio:' ? 'studio://image' : '/image')
