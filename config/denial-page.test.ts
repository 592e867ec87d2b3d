import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { denialPage, pageFault, pageWarnings } from './denial-page.ts'
import { appFault, encodedPath, indexFault } from './rewrites.ts'

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
const styles = (html: string) => denialPage(html).contentSecurityPolicy.split('; style-src ')[1]

describe('a page', () => {
  it.each([
    ['its text', '<style>p{color:red}</style>', ['p{color:red}']],
    ['each, once', '<style>a</style><style>b</style><style>a</style>', ['a', 'b']],
    ['whatever its attributes and its case', '<STYLE media="(a>b)" nonce=x>a</Style >', ['a']],
    ['with line ends as a browser reads them', '<style>a\r\nb\rc</style>', ['a\nb\nc']],
    ['up to the end, where it has none', '<style>a<p>', ['a<p>']],
    ['that closes itself, which HTML does not know', '<style/>a</style>', ['a']],
    ['whose end has no end', '<style>a</style', ['a</style']],
    ['in UTF-8', '<style>/* ü */</style>', ['/* ü */']],
    ['empty', '<style></style>', ['']],
    [
      'but not what a comment or a text says',
      '<title><style>b</style></title><!-- <style>c</style> --><style>a</style>',
      ['a'],
    ],
  ])('allows its styles by hash: %s', (_, html, texts) => {
    expect(styles(html)).toBe(texts.map(hash).join(' '))
  })

  it.each(['<p>', '<styles>a</styles>', '&lt;style>a&lt;/style>'])('allows none where there are none: %s', (html) => {
    expect(denialPage(html)).toEqual({ body: html, contentSecurityPolicy: "default-src 'none'; img-src data:" })
  })

  it('is under 8 kB in UTF-8, has something in it, and few styles', () => {
    expect(pageFault(`<p>${'a'.repeat(8188)}`)).toBeUndefined()
    expect(pageFault(`<p>${'a'.repeat(8189)}`)).toMatch(/under 8192 bytes; it has 8192/)
    expect(pageFault(`<p>${'ü'.repeat(5000)}`)).toMatch(/under 8192 bytes/)
    expect(pageFault(' ')).toMatch(/page of HTML/)
    expect(pageFault('\ud800')).toMatch(/page of HTML/)
    expect(pageFault('<style></style>'.repeat(11))).toMatch(/at most 10/)
  })

  it.each([
    ['<script src=x>', 'script'],
    ['<p style="a:b">', 'style attribute'],
    ['<link rel=stylesheet href=x>', 'style sheet'],
    ['<img src="logo.png">', 'data: URL'],
    ['<p>{{path}}', 'placeholder'],
  ])('that browsers would show otherwise is told: %s', (html, text) => {
    expect(pageWarnings(html)).toEqual([expect.stringContaining(text)])
  })

  it('that is static is told nothing', () => {
    expect(
      pageWarnings('<!doctype html><style>p{}</style><img src="data:image/png;base64,AA"><p>style = 100%'),
    ).toEqual([])
  })
})

describe('a rewrite', () => {
  it.each(['index.html', 'start here.html', '..a'])('may have the index %s', (name) => {
    expect(indexFault(name)).toBeUndefined()
  })
  it.each(['', '.', '..', 'a/b', '/index.html', 'a\\b', '*.html', '{sub}', '\ud800'])(
    'may not have the index %j',
    (name) => {
      expect(indexFault(name)).toMatch(/^should be the name/)
    },
  )
  it.each(['/app/index.html', '/shell', '/a b/ü.html'])('may have the shell %s', (path) => {
    expect(appFault(path)).toBeUndefined()
  })
  it.each(['', 'app/index.html', '/app/', '/a//b', '/../x', '/app/*', '/{sub}/x', '/a\\b', '/\ud800'])(
    'may not have the shell %j',
    (path) => {
      expect(appFault(path)).toMatch(/^should be the path/)
    },
  )
  it('stands in the URI as S3 reads it', () => {
    expect(encodedPath('/a b/c+d?.html')).toBe('/a%20b/c%2Bd%3F.html')
  })
})
