/** Duplicate member names in a JSON text, which `JSON.parse` hides (RFC 8259 4: names should be unique). */

/** True if any object in the text, at any depth, names a member twice. The text is valid JSON. */
export function hasDuplicateMembers(text: string): boolean {
  const open: (Set<string> | null)[] = []
  let expectName = false
  for (const [lexeme] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/gs)) {
    if (lexeme === '{') {
      open.push(new Set())
      expectName = true
    } else if (lexeme === '[') {
      open.push(null)
      expectName = false
    } else if (lexeme === '}' || lexeme === ']') {
      open.pop()
      expectName = false
    } else if (lexeme === ',') {
      expectName = open.at(-1) !== null
    } else if (lexeme === ':') {
      expectName = false
    } else if (expectName) {
      const names = open.at(-1)
      const name: string = JSON.parse(lexeme)
      if (names?.has(name)) return true
      names?.add(name)
    }
  }
  return false
}

/** Levels of objects and arrays, the outermost included. The text is valid JSON. */
export function nestingLevels(text: string): number {
  let level = 0
  let deepest = 0
  for (const [lexeme] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/gs)) {
    if (lexeme === '{' || lexeme === '[') deepest = Math.max(deepest, ++level)
    else if (lexeme === '}' || lexeme === ']') level--
  }
  return deepest
}

const prices: Readonly<Record<string, number>> = { '"': 4, ':': 32, ',': 1, '\\': 1, '[': 3, '{': 12 }

/** What a header counts for that may be dear to parse (SEMANTICS.md, "Token"), in strings or not. */
export function parsingPrice(octets: Buffer): number {
  let price = octets.length / 8
  for (const [character] of octets.toString('latin1').matchAll(/[":,\\[{]/g)) price += prices[character] ?? 0
  return price
}
