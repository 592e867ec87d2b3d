/**
 * What is wrong with the plain text of a pattern: it looks like another notation, and would protect other paths than those that
 * were meant. A `%` that begins no escape is an ordinary character.
 */
export function literalFault(text: string): string | undefined {
  const [octet] = /%[\da-f]{2}/i.exec(text) ?? []
  if (octet) return `has "${octet}", which here is three characters: write the path decoded`
  if (text.includes('?'))
    return 'has "?": leave the query string out, it has no part in a decision; for the character write *'
  if (text.includes('#'))
    return 'has "#": leave the fragment out, browsers keep it to themselves; for the character write *'
  const [placeholder] = /^:[a-z]\w*/i.exec(text) ?? []
  if (placeholder) return `has "${placeholder}", which here is plain text: captures are {sub}, {group} and {claim:NAME}`
  return undefined
}
