import { hash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { RouteHash } from './policy.ts'
import { missingRight } from './route-rights.ts'
import { compileRoutes, type RouteMatch } from './routes.ts'

/** Whether a token of these groups opens `/<segment>` where the route holds digests of groups. */
function opens(kind: RouteHash, segment: string, ...groups: string[]): boolean {
  const match = compileRoutes([{ segments: [{}], hash: kind }])(`/${segment}`) as RouteMatch
  const rights = { notBefore: 0, notAfter: 1, groups, claims: [], met: undefined, lack: undefined, subject: undefined }
  return missingRight(match, { rights, issuer: 0 }, { issuers: [], conditions: [] }) === undefined
}

describe('a digest that was granted before', () => {
  it('opens to all who have the group, and to nobody else', () => {
    const blue = hash('md5', 'blue')
    for (let round = 0; round < 2; round++) {
      expect(opens('md5', blue, 'red')).toBe(false)
      expect(opens('md5', blue, 'red', 'blue')).toBe(true)
      expect(opens('md5', blue, 'blue')).toBe(true)
      expect(opens('md5', blue)).toBe(false)
      expect(opens('md5', 'blue', 'blue')).toBe(false)
    }
  })

  it('is known for its own kind of digest only', () => {
    expect(opens('sha1', hash('sha1', 'blue'), 'blue')).toBe(true)
    expect(opens('md5', hash('sha1', 'blue'), 'blue')).toBe(false)
    expect(opens('sha256', hash('sha1', 'blue'), 'blue')).toBe(false)
  })

  it('opens as long as any, among thousands of others', () => {
    for (let group = 0; group < 9000; group++) expect(opens('md5', hash('md5', `${group}`), `${group}`)).toBe(true)
    expect(opens('md5', hash('md5', '0'), '0')).toBe(true)
    expect(opens('md5', hash('md5', '0'), '1')).toBe(false)
  })

  it('of a long name opens as well', () => {
    const long = 'é'.repeat(1000)
    for (let round = 0; round < 2; round++) expect(opens('sha512', hash('sha512', long), 'x', long)).toBe(true)
  })
})
