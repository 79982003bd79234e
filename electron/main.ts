import * as electron from 'electron'
import { startShell } from './start-shell.ts'

void startShell(electron, import.meta.dirname)
