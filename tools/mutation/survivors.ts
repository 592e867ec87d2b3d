/** Mutants of the authorizer that no test detects, each with the reason. `npm run mutation` holds this list against Stryker's report. */

export interface Survivor {
  file: string
  /** The source text that is replaced, and its replacement; white space as one space each. */
  original: string
  replacement: string
  why: string
  /** No input tells it from the original, but for the time that it takes; left out of the score. */
  equivalent?: true
}

/** What several mutants of one piece of code have in common. */
function equivalents(
  file: string,
  why: string,
  ...mutants: readonly [original: string, replacement: string][]
): Survivor[] {
  return mutants.map(([original, replacement]) => ({ file, original, replacement, why, equivalent: true }))
}

function survivorsOf(
  file: string,
  why: string,
  ...mutants: readonly [original: string, replacement: string][]
): Survivor[] {
  return mutants.map(([original, replacement]) => ({ file, original, replacement, why }))
}

const anythingIsOver = 'before the first time, any start lies outside the window'
const parserSaysSo = 'this ends garbage before the parser does, which refuses the same'
const fallsOff = 'a function that ends without a return gives undefined as well'
const notSent =
  'only an event with null for a header’s entry tells, which CloudFront never sends; it is denied either way'

export const survivors: readonly Survivor[] = [
  ...survivorsOf('authorizer.ts', notSent, ['entries[0]?.value', 'entries[0].value']),
  ...survivorsOf('credentials.ts', notSent, ['entries[0]?.value', 'entries[0].value']),
  ...survivorsOf('denials.ts', notSent, ['origins[0]?.value', 'origins[0].value']),
  ...survivorsOf(
    'claims.ts',
    'a token without groups would have one of this very name, which no route of a test asks for',
    ['[]', '["Stryker was here"]'],
  ),
  ...equivalents('credentials.ts', 'the regular expression below reads this form too; the shortcut is for speed', [
    "value.startsWith('Bearer ') && value[7] !== ' '",
    'false',
  ]),
  ...equivalents('denial-log.ts', anythingIsOver, ['-Infinity', '+Infinity']),
  ...equivalents(
    'json-object.ts',
    parserSaysSo,
    ['mayNotBe(0x7b, scratch[0]) || mayNotBe(0x7d, scratch[octets - 1])', 'false'],
    [
      'mayNotBe(0x7b, scratch[0]) || mayNotBe(0x7d, scratch[octets - 1])',
      'mayNotBe(0x7b, scratch[0]) && mayNotBe(0x7d, scratch[octets - 1])',
    ],
    ['{ return octet !== brace && octet > 0x20 }', '{}'],
    ['octet !== brace && octet > 0x20', 'false'],
  ),
  ...equivalents(
    'json-object.ts',
    'the check for UTF-8 says the same; the shortcut is for speed',
    ["text.length === octets && !text.includes('\\ufffd')", 'false'],
    ['text.length === octets', 'false'],
  ),
  ...equivalents('json-object.ts', fallsOff, ['{ return undefined }', '{}']),
  ...equivalents(
    'jwk-set.ts',
    'a fetched set that is none throws instead, which the cache takes for no answer, as it takes an empty set; the build writes no such snapshot',
    ['!isObject(set) || !Array.isArray(set.keys)', 'false'],
    ['!isObject(set) || !Array.isArray(set.keys)', '!isObject(set) && !Array.isArray(set.keys)'],
  ),
  ...equivalents(
    'jwk-set.ts',
    'a key that is not kept makes remembered tokens be verified anew, with the same result',
    ['known?.identity === key.identity', 'false'],
  ),
  ...equivalents('jwks-cache.ts', anythingIsOver, ['-Infinity', '+Infinity']),
  ...equivalents('jwks-cache.ts', 'no two answers have one number', ['number < answered', 'number <= answered']),
  ...equivalents(
    'jws.ts',
    'node:crypto refuses a signature of another length by itself; that it does so for every algorithm is tested',
    ['octets !== key.signatureLength', 'false'],
  ),
  ...equivalents(
    'path-segments.ts',
    'every URI then takes the long way, which decides the same; the shortcut is for speed',
    ['!unusual.test(uri)', 'false'],
    [String.raw`/[^!-~]|[%\\?#]|\/\.{0,2}\/|\/\.{1,2}$/`, String.raw`/[!-~]|[%\\?#]|\/\.{0,2}\/|\/\.{1,2}$/`],
    [String.raw`/[^!-~]|[%\\?#]|\/\.{0,2}\/|\/\.{1,2}$/`, String.raw`/[^!-~]|[^%\\?#]|\/\.{0,2}\/|\/\.{1,2}$/`],
    [String.raw`/[^!-~]|[%\\?#]|\/\.{0,2}\/|\/\.{1,2}$/`, String.raw`/[^!-~]|[%\\?#]|\/\.{0,2}\/|\/\.{1,2}/`],
  ),
  ...equivalents(
    'path-segments.ts',
    'decoding leaves a segment without escapes as it is',
    ["!segment.includes('%')", 'false'],
    ["'%'", '""'],
  ),
  ...equivalents('path-segments.ts', 'the search begins behind the first character', ['end > 0', 'end >= 0']),
  ...equivalents('path-segments.ts', fallsOff, ['{ return undefined }', '{}']),
  ...equivalents(
    'route-rights.ts',
    'the digests are made anew each time, and are the same; or kept with a token that nobody keeps',
    ['token.digests === null', 'true'],
    ['token.digests === null', 'false'],
    ['!made', 'true'],
    ['token.digests.set(capture.name, made)', ';'],
  ),
  ...equivalents('routes.ts', 'without a plus sign both readings are one', ["'+'", '""']),
  ...equivalents('routes.ts', 'a member that is absent reads as undefined', [
    '{ literals: undefined, capture: undefined, end: undefined, rest: undefined }',
    '{}',
  ]),
  ...equivalents(
    'token-parts.ts',
    'what is no base64url leaves an empty text, which the parser refuses; no decoded part is empty',
    ['octets < 0', 'false'],
    ['octets < 0', 'octets <= 0'],
  ),
  ...equivalents('token-parts.ts', 'the text is ASCII by then, the same in both encodings', ["'latin1'", '""']),
  ...equivalents(
    'token-verifier.ts',
    'a token that is not remembered is verified anew each time, with the same result',
    ['!known', 'true'],
    ['cache.key(known.kid, now) === known.key', 'false'],
    ['verified.add(token)', ';'],
  ),
  ...equivalents(
    'token-verifier.ts',
    'a header that is not remembered is read anew each time, with the same result',
    ['knownHeaders.size >= maxKnownHeaders', 'true'],
    ['knownHeaders.set(copyOfSigned(headerPart.length), header)', ';'],
    ['!knownHeader && headerPart.length <= maxHeaderLength', 'false'],
    ['!knownHeader && headerPart.length <= maxHeaderLength', 'true'],
    ['!knownHeader && headerPart.length <= maxHeaderLength', '!knownHeader || headerPart.length <= maxHeaderLength'],
    ['!knownHeader', 'knownHeader'],
    ['headerPart.length <= maxHeaderLength', 'headerPart.length < maxHeaderLength'],
    ['headerPart.length <= maxHeaderLength', 'headerPart.length > maxHeaderLength'],
  ),
  ...survivorsOf('token-verifier.ts', 'headers of any length are remembered; only memory tells', [
    'headerPart.length <= maxHeaderLength',
    'true',
  ]),
  ...equivalents('token-verifier.ts', 'the bound of 100 headers may as well be 101', [
    'knownHeaders.size >= maxKnownHeaders',
    'knownHeaders.size > maxKnownHeaders',
  ]),
  ...equivalents('token-verifier.ts', 'a signature that was good is verified again, with the same result', [
    'key === signer',
    'false',
  ]),
  ...equivalents('token-verifier.ts', 'no decoded signature is empty', ['octets < 0', 'octets <= 0']),
  ...survivorsOf(
    'token-verifier.ts',
    'the headers of an issuer that signs under ever new ones are remembered without bound; only memory tells',
    ['knownHeaders.size >= maxKnownHeaders', 'false'],
    ['knownHeaders.size >= maxKnownHeaders', 'knownHeaders.size < maxKnownHeaders'],
    ['knownHeaders.clear()', ';'],
  ),
  ...equivalents(
    'verified-tokens.ts',
    'a bound may as well be a byte more or less',
    ['weight > heaviest', 'weight >= heaviest'],
    ['bytes > generationBytes', 'bytes >= generationBytes'],
  ),
  ...equivalents('verification-key.ts', fallsOff, ['{ return undefined }', '{}']),
  ...equivalents(
    'verification-key.ts',
    'node:crypto ignores dsaEncoding for these keys; leaving it out spares them its cost',
    ["digest && algorithm[0] === 'E'", 'true'],
    ["digest && algorithm[0] === 'E'", "digest || algorithm[0] === 'E'"],
    ["algorithm[0] === 'E'", 'true'],
  ),
]
