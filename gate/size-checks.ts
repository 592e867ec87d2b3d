/** The exact part: bundle bytes of both sides, compressed as a browser-facing service would, and by package. */
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { attribute } from '../bench/attribution.ts'
import { type Check, check } from '../result/result.ts'
import type { Compared } from './comparison.ts'
import type { Side } from './sides/side.ts'

const sizes = {
  raw: { title: 'minified program', bytes: (program: Buffer) => program.length },
  gzip: { title: 'gzip -9', bytes: (program: Buffer) => gzipSync(program, { level: 9 }).length },
  brotli: {
    title: 'brotli -q 11',
    bytes: (program: Buffer) =>
      brotliCompressSync(program, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
  },
}

/** Bytes of head against base; `threshold` gives the allowed growth of a check as a fraction. */
export function sizeChecks(base: Side, head: Side, threshold: (checkId: string) => number): Compared[] {
  const totals: Compared[] = Object.entries(sizes).map(([name, { title, bytes }]) => {
    const id = `size.${name}`
    const before = bytes(Buffer.from(base.program))
    const value = bytes(Buffer.from(head.program))
    const limit = Math.floor(before * (1 + threshold(id)))
    const judged = check({
      id,
      title,
      value,
      unit: 'B',
      limit,
      direction: 'lower',
      detail: `base ${before} B, ${signed(value - before)} B`,
    })
    return { check: judged, growth: value / before - 1 }
  })
  // One program for every policy has nothing further.
  const hasMore = base.everything !== base.program || head.everything !== head.program
  const figures = [...(hasMore ? [everythingCheck(base, head)] : []), ...packageChecks(base, head)]
  return [...totals, ...figures.map((figure) => ({ check: figure }))]
}

/** For information: a feature that the gate's policy does not use is in nobody's program who does not use it either. */
function everythingCheck(base: Side, head: Side): Check {
  const [before, value] = [Buffer.byteLength(base.everything), Buffer.byteLength(head.everything)]
  return check({
    id: 'size.everything',
    title: 'minified program with everything that a policy can use',
    value,
    unit: 'B',
    limit: null,
    direction: 'none',
    detail: `base ${before} B, ${signed(value - before)} B`,
  })
}

/** Packages whose share changed, for information. */
function packageChecks(base: Side, head: Side): Check[] {
  const before = byPackage(base)
  const after = byPackage(head)
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => {
      const [old = 0, value = 0] = [before.get(name), after.get(name)]
      const detail = `base ${old} B, ${signed(value - old)} B`
      return check({
        id: `size.package.${name}`,
        title: `of which ${name}`,
        value,
        unit: 'B',
        limit: null,
        direction: 'none',
        detail,
      })
    })
}

function byPackage({ metafile }: Side): Map<string, number> {
  const [output] = Object.keys(metafile?.outputs ?? {})
  if (!metafile || output === undefined) return new Map()
  return new Map(attribute(metafile, output).map((entry) => [entry.package, entry.bytes]))
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : String(value)
}
