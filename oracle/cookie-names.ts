/** What a cookie's name says under a source's pattern (SEMANTICS.md, "Credentials"). */

export interface CookieName {
  /** The name without the number of a chunk. */
  base: string
  /** As it is written; null: it holds the whole token. */
  chunk: string | null
  /** Where the pattern has `{lastUser}`: whose it is, and the cookie that names whose counts. */
  user: { name: string; namedBy: string } | null
}

/** Every reading of the name; none where it is no name of the source. A number at the end is a chunk's, where there may be any. */
export function readName(
  { pattern, chunks }: { pattern: string; chunks: boolean },
  clientIds: readonly string[],
  name: string,
): CookieName[] {
  const [, base = '', chunk = ''] = /^(.*)\.(\d+)$/s.exec(name) ?? []
  const asChunk = chunks && chunk !== '' ? usersOf(pattern, clientIds, base) : []
  return asChunk.length > 0
    ? asChunk.map((user) => ({ base, chunk, user }))
    : usersOf(pattern, clientIds, name).map((user) => ({ base: name, chunk: null, user }))
}

function usersOf(pattern: string, clientIds: readonly string[], name: string): CookieName['user'][] {
  const [before = '', after] = pattern.split('{lastUser}')
  return clientIds.flatMap((client) => {
    const begin = expression(before, client)
    if (after === undefined) return begin.test(name) ? [null] : []
    const end = expression(after, client)
    // Where `*` stands beside it, the name can be cut in several places.
    const cuts = [...Array(name.length + 1).keys()]
    return cuts
      .filter((from) => begin.test(name.slice(0, from)))
      .flatMap((from) => {
        const namedBy = `${name.slice(0, from)}LastAuthUser`
        const ends = cuts.filter((to) => to >= from && end.test(name.slice(to)))
        return ends.map((to) => ({ name: name.slice(from, to), namedBy }))
      })
  })
}

/** `{client}` is a client's id, `*` any text, as in Cognito's `CognitoIdentityServiceProvider.<client>.<user>.accessToken`. */
function expression(pattern: string, client: string): RegExp {
  const parts = pattern.split('*').map((text) => RegExp.escape(text.replaceAll('{client}', () => client)))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}
