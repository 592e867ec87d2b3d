/** What slows code down, as data. */

export interface SlowForm {
  name: string
  /** One unit of work, a statement; what it makes is stored where the compiler cannot see that nobody reads it. */
  unit: string
  /** Instructions of one unit, planted and optimized, as counted under callgrind with Node 24 on x86-64: sets how often it runs. */
  cost: number
}

export const slowForms: readonly SlowForm[] = [
  {
    name: 'integer loop',
    unit: 'let x = 1; for (let i = 0; i < 20; i++) x = Math.imul(x, 31) + i | 0; globalThis.edgeproofSink = x',
    cost: 147,
  },
  {
    name: 'string built piece by piece',
    unit: 'let s = ""; for (let i = 0; i < 4; i++) s += i; globalThis.edgeproofSink = s.length',
    cost: 386,
  },
  { name: 'JSON.parse', unit: 'globalThis.edgeproofSink = JSON.parse("[1,2]")', cost: 1348 },
  { name: 'JSON.stringify', unit: 'globalThis.edgeproofSink = JSON.stringify({ a: 1 })', cost: 1287 },
  { name: 'regular expression', unit: 'globalThis.edgeproofSink = /^[a-z]+-[0-9]+$/.test("area-12345678")', cost: 429 },
  { name: 'Map built and asked', unit: 'globalThis.edgeproofSink = new Map([["a", 1]]).get("a")', cost: 530 },
  { name: 'array copied', unit: 'globalThis.edgeproofSink = [1, 2, 3, 4].slice(1)', cost: 360 },
  {
    name: 'array filtered by a closure',
    unit: 'globalThis.edgeproofSink = [1, 2, 3, 4].filter((n) => n > 2)',
    cost: 287,
  },
  { name: 'object spread', unit: 'globalThis.edgeproofSink = { ...{ a: 1, b: 2 }, c: 3 }', cost: 101 },
  { name: 'split and join', unit: 'globalThis.edgeproofSink = "a/b/c".split("/").join("-")', cost: 1660 },
  { name: 'base64 decoded', unit: 'globalThis.edgeproofSink = Buffer.from("YWJj", "base64").length', cost: 1546 },
  { name: 'percent-encoding', unit: 'globalThis.edgeproofSink = encodeURIComponent("a b")', cost: 865 },
  {
    name: 'exception thrown and caught',
    unit: 'try { throw globalThis } catch { globalThis.edgeproofSink = 1 }',
    cost: 1294,
  },
]

/** Instructions of a call that decides whether a unit runs. */
const overhead = 50
const scale = 1024

/** What is planted: a call in the place, and what it calls, at the end of the place's file. */
export interface SlowCode {
  statement: string
  declaration: string
}

/**
 * Code that costs about `target` instructions at each call, by running a unit at every so many calls (or several at one).
 * Null where deciding alone would cost more. The unit has a function of its own, too long to be inlined: within the place it
 * would be compiled together with the place, and cost something else in each, or change what is inlined around it.
 */
export function slowCode({ unit, cost }: SlowForm, target: number): SlowCode | null {
  const step = Math.round(((target - overhead) / cost) * scale)
  if (step < 1) return null
  return {
    statement: `edgeproofSlow(${step});`,
    declaration: `var edgeproofDue = 0
function edgeproofSlow(step) {
  edgeproofDue += step
  while (edgeproofDue >= ${scale}) { edgeproofDue -= ${scale}; { ${unit} } }
  ${neverInlined('step < 0', 'edgeproofDue')}
}`,
  }
}

/**
 * A statement that keeps its function from being inlined: V8 inlines nothing that has more than 460 bytes of bytecode
 * (--max-inlined-bytecode-size). `condition` is never true; `variable` is one of the function's numbers.
 */
export function neverInlined(condition: string, variable: string): string {
  const statements = Array.from({ length: 60 }, (_, index) => `${variable} = Math.imul(${variable}, ${index + 3})`)
  return `if (${condition}) { ${statements.join('; ')} }`
}
