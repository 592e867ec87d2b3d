import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { attribute } from './attribution.ts'

test('every byte of a real bundle is attributed once, to the package it came from', async () => {
  const { metafile, outputFiles } = await build({
    stdin: {
      contents:
        "import { decodeJwt } from 'jose'; import { publishedKeys } from './bench/issuer-keys.ts'; console.log(decodeJwt, publishedKeys)",
      resolveDir: process.cwd(),
    },
    bundle: true,
    minify: true,
    format: 'cjs',
    outfile: 'index.js',
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  const attribution = attribute(metafile)
  expect(attribution.reduce((sum, entry) => sum + entry.bytes, 0)).toBe(outputFiles[0]?.contents.length)
  expect(attribution.map((entry) => entry.package).sort()).toEqual(['(bundler)', 'edgeproof', 'jose'])
  for (const { bytes, files } of attribution) expect(files.reduce((sum, file) => sum + file.bytes, 0)).toBe(bytes)
})
