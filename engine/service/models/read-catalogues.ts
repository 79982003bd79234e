import { readFile, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { catalogueSchema } from '../../contract/model-records.ts'
import type { CatalogueEntry, CatalogueFault, Catalogues } from '../../contract/model-records.ts'
import { isErrno } from '../../files/write-failure.ts'

/**
 * What can be fetched: the catalogue that ships with Attune, and those of the user, each a file of the same form in the
 * library's `catalogues` folder. A file that is no catalogue is named and hides nothing of the others; of two entries with
 * one id the first counts, since downloads go by it.
 */
export const readCatalogues = async (shippedPath: string, usersFolder: string): Promise<Catalogues> => {
  const models = new Map<string, CatalogueEntry & { readonly source: string | null }>()
  const faults: CatalogueFault[] = []
  const files = [{ path: shippedPath, source: null }, ...(await listCatalogues(usersFolder))]
  for (const { path, source } of files) {
    const { entries, fault } = await readCatalogue(path)
    if (fault !== undefined) faults.push({ fileName: basename(path), fault })
    for (const entry of entries) {
      if (models.has(entry.id)) faults.push({ fileName: basename(path), fault: `a second model called ${entry.id}` })
      else models.set(entry.id, { ...entry, source })
    }
  }
  return { models: [...models.values()], faults }
}

const mostCatalogues = 100
const hasControlCharacters = (text: string): boolean => /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text)

const listCatalogues = async (folder: string): Promise<{ path: string; source: string }[]> => {
  const names = await readdir(folder).catch(() => [])
  const catalogues = names.filter((name) => name.endsWith('.json') && name.length <= 260 && !hasControlCharacters(name))
  return catalogues.sort().slice(0, mostCatalogues).map((name) => ({ path: join(folder, name), source: name })) // prettier-ignore
}

const readCatalogue = async (path: string): Promise<{ entries: CatalogueEntry[]; fault?: string }> => {
  try {
    const parsed = catalogueSchema.safeParse(JSON.parse(await readFile(path, 'utf8')))
    if (parsed.success) return { entries: parsed.data.models }
    const [issue] = parsed.error.issues
    const place = issue?.path.map(String).join('.') ?? ''
    return { entries: [], fault: oneLine(`"${place}": ${issue?.message ?? 'not a catalogue'}`) }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return { entries: [] }
    return { entries: [], fault: oneLine(error instanceof Error ? error.message : String(error)) }
  }
}

const oneLine = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').slice(0, 500)
