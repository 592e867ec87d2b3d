import type { Identity } from '../testing/population/expectation.ts'
import type { LoadTarget } from './load-run.ts'

const concurrency = 8

/** Asks for every object once, as somebody who may read it, so that what is measured next is a warm site. */
export async function fillCache(
  { url: loaded, edge, population, credentials }: LoadTarget,
  signal: AbortSignal,
): Promise<void> {
  // The local edge's plain port: its certificate is known to nobody.
  const url = edge?.url ?? loaded
  const readers = new Map<string, Identity | null>()
  for (const { identity, folders } of [population.anyone, ...population.users]) {
    for (const { path } of folders.flat()) readers.set(path, identity)
  }
  const questions = [...readers]
  const ask = async () => {
    for (let next = questions.pop(); next; next = questions.pop()) {
      const [path, identity] = next
      const header = identity ? await credentials.valid(identity, 0, false) : null
      // k6 accepts no compression, and CloudFront keeps an entry for each way of compressing.
      const headers = { 'accept-encoding': 'identity', ...(header ? { [header.name]: header.value } : {}) }
      const response = await fetch(url + path, { signal, headers })
      await response.arrayBuffer()
    }
  }
  await Promise.all(Array.from({ length: concurrency }, ask))
}
