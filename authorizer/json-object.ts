import { scratch } from './base64url.ts'

export type JsonObject = Record<string, unknown>

/** Deepest nesting that is read; Cognito's own tokens have two levels. */
const maxDepth = 16

/**
 * The JSON object in the first `octets` octets of the scratch buffer, or undefined where they are not UTF-8, not one
 * JSON object, nested too deep, or name a member twice (RFC 7519 4: duplicates may be refused).
 *
 * Duplicates are found by counting, without a second parse: in valid JSON every unescaped quotation mark belongs to a
 * member name or a string value. Parsing drops one name for each duplicate, so the parsed object accounts for all
 * the quotation marks of the text exactly when no name stood there twice.
 */
export function parseJsonObject(octets: number): JsonObject | undefined {
  // Most garbage ends here, before an exception has to be made for it: an object begins and ends with a brace, or white space.
  if (mayNotBe(0x7b, scratch[0]) || mayNotBe(0x7d, scratch[octets - 1])) return undefined
  let quotes = 0
  let ascii = 0
  for (let i = 0; i < octets; i++) {
    const octet = scratch[i] as number
    ascii |= octet
    if (octet === 0x22) quotes++
    else if (octet === 0x5c) {
      // What a backslash escapes is no delimiter. Outside strings it is no JSON, and the parser says so.
      i++
      ascii |= scratch[i] as number
    }
  }
  const text = scratch.toString(ascii < 0x80 ? 'latin1' : 'utf8', 0, octets)
  // Decoding puts U+FFFD where there is no UTF-8, and then the way back leads elsewhere.
  if (ascii >= 0x80 && !scratch.subarray(0, octets).equals(Buffer.from(text))) return undefined
  // Making an exception is what costs, and most of that its stack, which nobody sees.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) && countStrings(value, 0) * 2 === quotes ? value : undefined
  } catch {
    return undefined
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function mayNotBe(brace: number, octet = 0): boolean {
  return octet !== brace && octet > 0x20
}

/** An object in JSON's sense: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Member names plus string values in a parsed value; NaN past the depth limit, which equals no count. */
function countStrings(value: unknown, depth: number): number {
  if (typeof value === 'string') return 1
  if (typeof value !== 'object' || value === null) return 0
  if (depth === maxDepth) return NaN
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) count += countStrings(item, depth + 1)
    return count
  }
  // `__proto__` from JSON.parse is an own member like any other, so this loop sees it.
  for (const name in value) count += 1 + countStrings((value as JsonObject)[name], depth + 1)
  return count
}
