/** Where pictures of the library are, by id; the shell's own protocol or the headless studio's server. */
export const pictureAddress = (id: number): string => `${root()}/${id}`

/** A smaller copy; `side` is the longest side wanted. */
export const thumbnailAddress = (id: number, side: 128 | 256 | 512 = 256): string => `${root()}/${id}/thumbnail/${side}`

const root = (): string => (location.protocol === 'studio:' ? 'studio://image' : '/image')
