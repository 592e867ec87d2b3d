/** What docs/sites.md states, for tests that hold it to that: a policy, the answers to requests, and the files it is tried on. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Policy } from '../../authorizer/policy.ts'
import { parsePolicy } from '../../config/config.ts'

const document = fileURLToPath(new URL('../../docs/sites.md', import.meta.url))

/** The directory that the document names, without the app's program. */
export const exampleObjects = fileURLToPath(new URL('objects', import.meta.url))

export interface StatedRequest {
  path: string
  isNavigation: boolean
  isSignedIn: boolean
  /** One of these is answered: more than one where that is S3's to say. */
  statuses: number[]
  /** Path of the object that is served. */
  object?: string
  location?: string
  /** Whose page is served. */
  page?: 'unauthenticated' | 'forbidden'
}

/** Throws a UsageError that names the document where its policy is wrong. */
export async function statedPolicy(): Promise<Policy> {
  const [policy = ''] = /^ {4}\{\n.*?^ {4}\}\n/ms.exec(await readFile(document, 'utf8')) ?? []
  return parsePolicy(JSON.parse(policy), 'docs/sites.md')
}

/** The rows of the document's table. */
export async function statedRequests(): Promise<StatedRequest[]> {
  const rows = (await readFile(document, 'utf8')).matchAll(
    /^\| `([^`]+)` \| (navigation|fetch) \| (signed in|nobody) \| (.+) \|$/gm,
  )
  return [...rows].map(([, path = '', how, who, answer = '']) => {
    const [object, location, page] = [/the object `(.+)`/, /to `(.+)`/, /the page of `(.+)`/].map(
      (pattern) => pattern.exec(answer)?.[1],
    )
    return {
      path,
      isNavigation: how === 'navigation',
      isSignedIn: who === 'signed in',
      statuses: [...answer.matchAll(/\b\d{3}\b/g)].map(([status]) => Number(status)),
      ...(object !== undefined && { object }),
      ...(location !== undefined && { location }),
      ...(page !== undefined && { page: page as 'unauthenticated' | 'forbidden' }),
    }
  })
}
