import { checkOwnNativeCode } from '../process/check-own-native-code.ts'

// Entry of the media process in the desktop program: native code is checked before any of it is loaded.
checkOwnNativeCode('media', import.meta.url)
void import('./media-process.ts')
