import { describe, expect, it } from 'vitest'
import type { ImageSummary } from '../../../engine/contract/image-records.ts'
import { PictureNews, withoutPictures, withPictures } from '../../../renderer/gallery/merge-pictures.ts'

const picture = (id: number, rating: number | null = null): ImageSummary => ({ id, createdMs: id, width: 8, height: 8, format: 'png', rating, flag: null, isStarred: false, isMissing: false, trashedMs: null, jobId: null }) // prettier-ignore
const ids = (images: readonly ImageSummary[]): number[] => images.map(({ id }) => id)

describe('pictures of the gallery', () => {
  it('come where their moment belongs, unless that part is not loaded', () => {
    const list = [9, 7, 5].map((id) => picture(id))
    expect(ids(withPictures(list, [picture(8), picture(10), picture(3)], 5))).toEqual([10, 9, 8, 7, 5])
    expect(ids(withPictures(list, [picture(3)], 0))).toEqual([9, 7, 5, 3])
    expect(withPictures(list, [picture(3)], 5)).toBe(list)
    expect(ids(withoutPictures(list, [7, 1]))).toEqual([9, 5])
  })

  it('are told once for all that come in one turn', async () => {
    let told = 0
    await new Promise<void>((resolve) => {
      const news = new PictureNews(() => {
        told++
        const { fresh, changed } = news.take([picture(1)])
        expect(ids(fresh)).toEqual([2])
        expect([...changed.values()]).toEqual([picture(1, 5)])
        expect(news.take([]).fresh).toEqual([])
        resolve()
      })
      news.add(picture(1))
      news.add(picture(2))
      news.change(picture(1, 4))
      news.change(picture(1, 5))
    })
    expect(told).toBe(1)
  })
})
