/**
 * The same place outside of the desktop program's archive, where native code and the system read files; the path as it
 * is when the program is not packed.
 */
export const unpackedPath = (path: string): string => path.replace(/([\\/])app\.asar([\\/]|$)/, '$1app.asar.unpacked$2')
