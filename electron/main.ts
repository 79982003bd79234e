import { dirname } from 'node:path'
import * as electron from 'electron'
import { startShell } from './start-shell.ts'

void startShell(electron, dirname(import.meta.dirname))
