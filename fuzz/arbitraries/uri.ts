import fc from 'fast-check'
import type { World } from '../world/world.ts'

/** A path near the policy's own: segments of granted and denied paths, spelt oddly, with odd things between them. */
export function anyUri(world: World): fc.Arbitrary<string> {
  const known = knownPaths(world)
  const segments = [...new Set(known.flatMap((path) => path.split('/')))].filter((segment) => segment !== '')
  const segment = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...segments) },
    { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...segments), spelling).map(([text, spell]) => spell(text)) },
    { weight: 2, arbitrary: fc.constantFrom(...oddSegments) },
    { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...oddCharacters), maxLength: 4 }) },
  )
  const separator = fc.oneof(
    { weight: 12, arbitrary: fc.constant('/') },
    { weight: 1, arbitrary: fc.constantFrom('//', '%2f', '\\', '%5c', '/./', '/../', '/%2e%2e/', ';/', '%00/') },
  )
  const composed = fc
    .array(fc.tuple(separator, segment), { minLength: 1, maxLength: 6 })
    .map((pieces) => pieces.flat().join(''))
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...known) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          fc.constantFrom(...known),
          fc.constantFrom(...known),
          fc.constantFrom('/../', '/%2e%2e/', '/..%2f', '/../../', '%2f..%2f', '/'),
        )
        .map(([one, other, up]) => `${one}${up}${other.slice(1)}`),
    },
    { weight: 4, arbitrary: composed },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...known), fc.nat(), fc.constantFrom(...inserted))
        .map(
          ([path, at, text]) => `${path.slice(0, at % (path.length + 1))}${text}${path.slice(at % (path.length + 1))}`,
        ),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...known), fc.nat())
        .map(([path, at]) => path.slice(0, at % path.length) + path.slice((at % path.length) + 1)),
    },
  )
}

function knownPaths({ policy, visitors, publicPaths }: World): [string, ...string[]] {
  const [first, ...rest] = visitors
  const files: [string, ...string[]] = [
    ...first.granted,
    ...first.denied,
    ...rest.flatMap(({ granted, denied }) => [...granted, ...denied]),
    ...publicPaths,
  ]
  const hasDirectories = policy.index !== undefined || policy.slash !== undefined
  const directories = files.map((path) => path.slice(0, path.lastIndexOf('/') + 1))
  return hasDirectories ? [...files, ...directories, ...directories.map((path) => path.slice(0, -1))] : files
}

// fast-check's own units for all of Unicode build tables for seconds before the first value.
const oddCharacters = [
  ..."aZ09-._~!$&'()*+,;=:@%20%/\\?#[]{}|^<> \u0000\u001f\u007f\u0080\u00e9\u0301\u200b\u202e\u2028\uff0f\ufeff\ufffd",
  '\ud83d\udd12',
  '\udfff',
]
const oddSegments = [
  '.',
  '..',
  '...',
  '%2e',
  '%2e%2e',
  '%252e%252e',
  '*',
  '~',
  '__proto__',
  'constructor',
  'undefined',
  'null',
  '%00',
  '%ff',
  '%',
  '%zz',
  '%c0%ae',
  'a+b',
  'a%2Bb',
  ' ',
  '%20',
  'public',
  'index.html',
  'a.css',
  ';x=y',
  '\ud800',
  '%ed%a0%80',
  '\u00e9',
  '%C3%A9',
  'e%CC%81',
]
const inserted = [
  '/',
  '//',
  '%',
  '%00',
  '%0a',
  '%2f',
  '%5c',
  '\\',
  '?',
  '#',
  '%3f',
  '%23',
  ';',
  '.',
  '..',
  '+',
  '%2b',
  ' ',
  '%20',
  '*',
  '\n',
  '\u0000',
  '0',
  'x',
  '\u00e9',
  '\ud800',
]

const spelling = fc.constantFrom<(text: string) => string>(
  (text) => text.toUpperCase(),
  (text) => text.replace(/./, percent),
  (text) => text.replaceAll(/[a-z0-9]/gi, percent),
  (text) => text.replace(/./, (letter) => `%25${percent(letter).slice(1)}`),
  (text) => `${text}0`,
  (text) => `x${text}`,
  (text) => text.slice(0, -1),
  (text) => `${text}.`,
  (text) => `${text}%20`,
  (text) => `${text}+`,
  (text) => `${text};.css`,
  (text) => `${text}%00`,
  (text) => `${text}.css`,
  (text) => `${text}${text}`,
)

function percent(letter: string): string {
  return encodeURIComponent(letter).replace(
    /^[^%]$/,
    (plain) => `%${plain.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}
