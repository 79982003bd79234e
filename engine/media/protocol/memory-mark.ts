/** The last words of a media process that ended itself because a picture needed too much memory. */
export const memoryMark = 'attune media: over the memory limit'
