import { checkOwnNativeCode } from '../process/check-own-native-code.ts'

// Entry of the worker process in the desktop program: native code is checked before any of it is loaded.
checkOwnNativeCode('worker', import.meta.url)
void import('./worker-process.ts')
