import type { Edit, Flaw } from './flaw.ts'

const compares = `return captureValues(open, claims, groups).some((value) => spell(value, route) === wanted)`
const decodes = `    segment = decodeURIComponent(raw)\n`
const splits = `return uri.slice(1).split('/').map(decodeSegment)`
const publicRoute = `  const route = findRoute(segments)\n`

/** The check for a capture, with `value` as it is spelt in paths and `wanted` the path's segment. */
function compared(by: string): Edit[] {
  return [
    [compares, `return captureValues(open, claims, groups).map((value) => spell(value, route)).some((value) => ${by})`],
  ]
}

/** Lets a request through before anything is decided. */
function openWhen(condition: string): Edit[] {
  return [[`  if (isPreflight(request)) return\n`, `  if (isPreflight(request)) return\n  if (${condition}) return\n`]]
}

export const pathFlaws: readonly Flaw[] = [
  {
    name: 'group-anywhere-in-path',
    class: 'path',
    cwe: 'CWE-863',
    source: 'CWE-863',
    edits: compared(`segments.join('/').includes(value)`),
  },
  {
    name: 'group-in-any-segment',
    class: 'path',
    cwe: 'CWE-863',
    source: 'CWE-863',
    edits: compared(`segments.includes(value)`),
  },
  {
    name: 'group-by-prefix',
    class: 'path',
    cwe: 'CWE-187',
    source: 'CWE-187',
    edits: compared(`wanted?.startsWith(value)`),
  },
  {
    name: 'group-by-prefix-of-it',
    class: 'path',
    cwe: 'CWE-187',
    source: 'CWE-187',
    edits: compared(`value.startsWith(wanted ?? '-')`),
  },
  {
    name: 'group-as-pattern',
    class: 'path',
    cwe: 'CWE-625',
    source: 'CWE-625',
    edits: compared(`new RegExp('^' + value + '$').test(wanted ?? '')`),
  },
  {
    name: 'group-as-wildcard',
    class: 'path',
    cwe: 'CWE-155',
    source: 'CWE-155',
    edits: compared(`value === '*' || value === wanted`),
  },
  {
    name: 'group-in-any-case',
    class: 'path',
    cwe: 'CWE-178',
    source: 'CWE-178',
    edits: compared(`value.toLowerCase() === wanted?.toLowerCase()`),
  },
  {
    name: 'group-normalized',
    class: 'path',
    cwe: 'CWE-176',
    source: 'CWE-176',
    edits: compared(`value.normalize('NFKC') === wanted?.normalize('NFKC')`),
  },
  {
    name: 'group-trimmed',
    class: 'path',
    cwe: 'CWE-1023',
    source: 'CWE-1023',
    edits: compared(`value.trim() === wanted?.trim()`),
  },
  {
    name: 'group-by-locale',
    class: 'path',
    cwe: 'CWE-176',
    source: 'CWE-176',
    edits: compared(`value.localeCompare(wanted ?? '', 'en', { sensitivity: 'base' }) === 0`),
  },
  {
    name: 'digest-cut',
    class: 'path',
    cwe: 'CWE-328',
    source: 'CWE-328',
    edits: compared(`wanted?.startsWith(value.slice(0, 8))`),
  },
  {
    name: 'digest-or-name',
    class: 'path',
    cwe: 'CWE-863',
    source: 'CWE-863',
    edits: [
      [
        compares,
        `return captureValues(open, claims, groups).some((value) => [value, spell(value, route)].includes(wanted ?? ''))`,
      ],
    ],
  },
  {
    name: 'first-route-wins',
    class: 'path',
    cwe: 'CWE-863',
    source: 'CVE-2022-22978',
    policy: { routes: [{ path: '/files/*', public: true }, { path: '/files/{group}/*' }, { path: '/users/{sub}/*' }] },
    edits: [[`.sort((a, b) => (rank(a) < rank(b) ? -1 : 1))[0]`, `[0]`]],
  },
  {
    name: 'dots-allowed',
    class: 'path',
    cwe: 'CWE-22',
    source: 'CVE-2021-41773',
    edits: [[`  if (segment === '.' || segment === '..') throw new Denied('forbidden', 'uri')\n`, '']],
  },
  {
    name: 'dots-checked-undecoded',
    class: 'path',
    cwe: 'CWE-22',
    source: 'CVE-2021-41773',
    edits: [[`if (segment === '.' || segment === '..')`, `if (raw === '.' || raw === '..')`]],
  },
  {
    name: 'encoded-separators-allowed',
    class: 'path',
    cwe: 'CWE-22',
    source: 'CVE-2021-29492',
    edits: [[`/[/\\\\\\u0000-\\u001f\\u007f]/.test(segment)`, `/[\\u0000-\\u001f\\u007f]/.test(segment)`]],
  },
  {
    name: 'decoded-twice',
    class: 'path',
    cwe: 'CWE-174',
    source: 'CVE-2021-42013',
    edits: [[decodes, `    segment = decodeURIComponent(decodeURIComponent(raw))\n`]],
  },
  {
    name: 'not-decoded',
    class: 'path',
    cwe: 'CWE-172',
    source: 'RFC 3986 6.2.2.2',
    edits: [[decodes, `    segment = raw\n`]],
  },
  {
    name: 'slashes-merged',
    class: 'path',
    cwe: 'CWE-436',
    source: 'CVE-2021-31920',
    edits: [
      [
        splits,
        `return uri.slice(1).split(/\\/+/).filter((part, index, all) => part !== '' || index === all.length - 1).map(decodeSegment)`,
      ],
    ],
  },
  {
    name: 'dots-resolved',
    class: 'path',
    cwe: 'CWE-436',
    source: 'RFC 3986 5.2.4',
    edits: [[splits, `return new URL(uri, 'https://x').pathname.slice(1).split('/').map(decodeSegment)`]],
  },
  {
    name: 'plus-kept',
    class: 'path',
    cwe: 'CWE-436',
    source: 'CWE-172',
    edits: [[`  if (!isReadOneWay(request.uri, segments, route)) throw new Denied('forbidden', 'plus')\n`, '']],
  },
  {
    name: 'literals-in-any-case',
    class: 'path',
    cwe: 'CWE-178',
    source: 'CWE-178',
    edits: [[`    return segment === part\n`, `    return segment.toLowerCase() === part.toLowerCase()\n`]],
  },
  {
    name: 'matrix-parameters-cut',
    class: 'path',
    cwe: 'CWE-436',
    source: 'CVE-2020-5902',
    edits: [
      [
        `  const route = findRoute(segments)\n`,
        `  segments.forEach((segment, index) => (segments[index] = segment.split(';')[0] ?? ''))\n  const route = findRoute(segments)\n`,
      ],
    ],
  },
  {
    name: 'cut-at-question-mark',
    class: 'path',
    cwe: 'CWE-436',
    source: 'CVE-2021-39156',
    edits: [
      [
        `if (!uri.startsWith('/') || /[?#]/.test(uri)) throw`,
        `uri = uri.split(/[?#]/)[0] ?? ''\n  if (!uri.startsWith('/')) throw`,
      ],
    ],
  },
  {
    name: 'cut-at-encoded-question-mark',
    class: 'path',
    cwe: 'CWE-436',
    source: 'CVE-2021-39156',
    edits: [[splits, `return (uri.split(/%3f|%23|%00/i)[0] ?? '').slice(1).split('/').map(decodeSegment)`]],
  },
  {
    name: 'path-normalized',
    class: 'path',
    cwe: 'CWE-176',
    source: 'CWE-180',
    edits: [[decodes, `    segment = decodeURIComponent(raw).normalize('NFKC')\n`]],
  },
  {
    name: 'path-decoded-on-return',
    class: 'path',
    cwe: 'CWE-174',
    source: 'CVE-2021-42013',
    edits: [
      [
        `    return withoutCredential(request)\n`,
        `    return withoutCredential({ ...request, uri: decodeURIComponent(request.uri) })\n`,
      ],
    ],
  },
  {
    name: 'public-by-file-type',
    class: 'path',
    cwe: 'CWE-288',
    source: 'CWE-288',
    edits: openWhen(`/\\.(css|js|png|ico|svg)$/.test(request.uri)`),
  },
  {
    name: 'public-by-substring',
    class: 'path',
    cwe: 'CWE-288',
    source: 'CWE-288',
    edits: openWhen(`request.uri.includes('/public/')`),
  },
  {
    name: 'public-by-prefix',
    class: 'path',
    cwe: 'CWE-288',
    source: 'CWE-187',
    edits: openWhen(`request.uri.startsWith('/public')`),
  },
  {
    name: 'public-by-pattern',
    class: 'path',
    cwe: 'CWE-625',
    source: 'CVE-2022-22978',
    edits: openWhen(`/^\\/public\\/.*$/m.test(decodeURI(request.uri))`),
  },
  {
    name: 'public-by-query',
    class: 'path',
    cwe: 'CWE-288',
    source: 'CVE-2025-54576',
    edits: openWhen(`/\\/public\\//.test(request.uri + '?' + request.querystring)`),
  },
  {
    name: 'health-check-open',
    class: 'path',
    cwe: 'CWE-288',
    source: 'CWE-288',
    edits: openWhen(`/\\/(health|favicon\\.ico|robots\\.txt)$/.test(request.uri)`),
  },
  {
    name: 'unknown-route-open',
    class: 'path',
    cwe: 'CWE-636',
    source: 'CWE-636',
    edits: [
      [publicRoute, `  const route = findRoute(segments)\n  if (!route) return\n`],
      [`  if (!route) throw new Denied('forbidden', 'no route')\n`, ''],
    ],
  },
  {
    name: 'error-open',
    class: 'path',
    cwe: 'CWE-636',
    source: 'CWE-636',
    edits: [
      [
        `    const reason = error instanceof Denied ?`,
        `    if (error instanceof URIError) return withoutCredential(request)\n    const reason = error instanceof Denied ?`,
      ],
      [
        `  } catch {\n    throw new Denied('forbidden', 'uri')\n  }\n  if (segment`,
        `  } finally {\n  }\n  if (segment`,
      ],
    ],
  },
  {
    name: 'empty-capture-accepted',
    class: 'path',
    cwe: 'CWE-1023',
    source: 'CWE-1023',
    edits: [
      [`typeof value === 'string' && value !== '' && value.isWellFormed()`, `typeof value === 'string'`],
      [`    if (open !== '') return isAround(before, after, segment)\n`, `    if (open !== '') return true\n`],
      [`  if (segment === '' && index < all.length - 1) throw new Denied('forbidden', 'uri')\n`, ''],
    ],
  },
  {
    name: 'decoded-but-for-separators',
    class: 'path',
    cwe: 'CWE-172',
    source: 'https://github.com/ZJONSSON/clues/pull/27',
    edits: [[decodes, `    segment = decodeURI(raw)\n`]],
  },
]
