import { isUtf8 } from 'node:buffer'
import { scratch } from './base64url.ts'

export type JsonObject = Record<string, unknown>

/** Deepest nesting that is read; Cognito's own tokens have two levels. */
const maxDepth = 16

/** What a character adds to a text's price: a name that is new gives its object a new shape, which is what V8 takes longest over. */
const prices: Readonly<Record<string, number>> = { '"': 4, ',': 1, '\\': 1, ':': 32, '[': 3, '{': 12 }

/** The scratch buffer four octets at a time. */
const words = new Int32Array(scratch.buffer)

/** Text that may be a JSON object, not parsed yet; its octets are the first of the scratch buffer. */
export interface JsonText {
  text: string
  octets: number
  /** Where the first backslash stands, or -1. */
  backslash: number
}

/** The text in the first `octets` octets of the scratch buffer; undefined where they are not UTF-8, or no JSON object. */
export function readText(octets: number): JsonText | undefined {
  // Most garbage ends here, before an exception has to be made for it: an object begins and ends with a brace, or white space.
  if (mayNotBe(0x7b, scratch[0]) || mayNotBe(0x7d, scratch[octets - 1])) return undefined
  const text = scratch.toString('utf8', 0, octets)
  // One character an octet, and no U+FFFD for what is no UTF-8, is ASCII.
  const isAscii = text.length === octets && !text.includes('\ufffd')
  return isAscii || isUtf8(scratch.subarray(0, octets)) ? { text, octets, backslash: text.indexOf('\\') } : undefined
}

/**
 * The JSON object; undefined where it is none, nested too deep, too dear, or names a member twice (RFC 7519 4: duplicates may
 * be refused). Its price is what parsing may take, in units of 0.05 us where a verification takes 27: measured for the dearest
 * form of each kind, 0.4 us a string, 2.1 us a member, 6 ns an octet. A usual text takes a quarter of it.
 *
 * Duplicates are found by counting, without a second parse: in valid JSON every unescaped quotation mark belongs to a
 * member name or a string value. Parsing drops one name for each duplicate, so the parsed object accounts for all
 * the quotation marks of the text exactly when no name stood there twice.
 */
export function parseJsonObject({ text, octets, backslash }: JsonText, maxPrice?: number): JsonObject | undefined {
  if (maxPrice && priceOf(text, octets) > maxPrice) return undefined
  let quotes = countQuotes(octets)
  // What a backslash escapes is no delimiter. Outside strings it is no JSON, and the parser says so.
  let at = backslash
  while (at >= 0) {
    if (text[at + 1] === '"') quotes--
    at = text.indexOf('\\', at + 2)
  }
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

function priceOf(text: string, octets: number): number {
  let price = octets / 8
  for (const character of text) price += prices[character] ?? 0
  return price
}

/** Quotation marks among the first `octets` octets. Of a word, each octet that is none leaves its highest bit in `others`. */
function countQuotes(octets: number): number {
  scratch[octets] = scratch[octets + 1] = scratch[octets + 2] = 0
  let quotes = 0
  for (let i = 0; i * 4 < octets; i++) {
    const word = (words[i] as number) ^ 0x22222222
    const others = ((word & 0x7f7f7f7f) + 0x7f7f7f7f) | word
    quotes += Math.imul((~others >>> 7) & 0x01010101, 0x01010101) >>> 24
  }
  return quotes
}

function mayNotBe(brace: number, octet: number | undefined): boolean {
  return octet !== brace && (octet as number) > 0x20
}

/** An object in JSON's sense: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Member names plus string values in a parsed value that is no string; NaN past the depth limit, which equals no count. */
function countStrings(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0
  if (depth === maxDepth) return NaN
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) count += typeof item === 'string' ? 1 : countStrings(item, depth + 1)
    return count
  }
  // `__proto__` from JSON.parse is an own member like any other, so this loop sees it.
  for (const name in value) {
    const member = (value as JsonObject)[name]
    count += typeof member === 'string' ? 2 : 1 + countStrings(member, depth + 1)
  }
  return count
}
