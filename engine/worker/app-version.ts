import packageFile from '../../package.json' with { type: 'json' }

/** Version of Attune, as its package says. */
export const appVersion: string = packageFile.version
