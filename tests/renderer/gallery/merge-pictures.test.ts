import { describe, expect, it } from 'vitest'
import type { ImageSummary } from '../../../engine/contract/image-records.ts'
import { compareIn } from '../../../renderer/gallery/picture-order.ts'
import { PictureNews, withChanges, withoutPictures, withPictures } from '../../../renderer/gallery/merge-pictures.ts'

const picture = (id: number, rating: number | null = null): ImageSummary => ({ id, createdMs: id, width: 8, height: 8, format: 'png', rating, flag: null, isStarred: false, isMissing: false, obedience: null, trashedMs: null, jobId: null }) // prettier-ignore
const ids = (images: readonly ImageSummary[]): number[] => images.map(({ id }) => id)

describe('pictures of the gallery', () => {
  it('come where their moment belongs, unless that part is not loaded', () => {
    const list = [9, 7, 5].map((id) => picture(id))
    const newest = { compare: compareIn('newest'), isWhole: false }
    expect(ids(withPictures(list, [picture(8), picture(10), picture(3)], newest))).toEqual([10, 9, 8, 7, 5])
    expect(ids(withPictures(list, [picture(3)], { ...newest, isWhole: true }))).toEqual([9, 7, 5, 3])
    expect(withPictures(list, [picture(3)], newest)).toBe(list)
    expect(ids(withPictures([], [picture(3), picture(4)], { ...newest, isWhole: true }))).toEqual([4, 3])
    expect(ids(withoutPictures(list, [7, 1]))).toEqual([9, 5])
  })

  it('are as they are now, and the list stays the same where none of them changed', () => {
    const list = [9, 7].map((id) => picture(id))
    const changed = new Map([7, 5].map((id) => [id, picture(id, 4)]))
    expect(withChanges(list, changed)).toEqual([picture(9), picture(7, 4)])
    expect(withChanges(list, new Map([[5, picture(5, 4)]]))).toBe(list)
  })

  it('come where their order has them, and leave the others where they are', () => {
    const oldest = { compare: compareIn('oldest'), isWhole: true }
    expect(
      ids(
        withPictures(
          [5, 7, 9].map((id) => picture(id)),
          [picture(10), picture(6)],
          oldest,
        ),
      ),
    ).toEqual([5, 6, 7, 9, 10])
    const list = [picture(9, 5), picture(4, 5), picture(7, 3), picture(8, 1), picture(6)]
    const stars = { compare: compareIn('stars'), isWhole: true }
    expect(ids(withPictures(list, [picture(12), picture(5, 5)], stars))).toEqual([9, 5, 4, 7, 8, 12, 6])
    const rerated = list.map((one) => (one.id === 4 ? picture(4, 1) : one))
    expect(ids(withPictures(rerated, [picture(12)], stars))).toEqual([9, 4, 7, 8, 12, 6])
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
