import { expect, test } from 'vitest'
import { parseSegment } from './callgrind.ts'

test('counts calls into the collector and the compilers once, callees included', () => {
  const profile = `version: 1
events: Ir
fn=(1) main
10 50
cfn=(2) v8::internal::Heap::CollectGarbage(v8::internal::AllocationSpace, v8::internal::GarbageCollectionReason)
calls=1 20
11 3000
cfn=(3) v8::internal::Compiler::CompileOptimized(v8::internal::Isolate*)
calls=2 30
12 700

fn=(2)
20 1000
cfn=(2)
calls=1 20
21 2000

totals: 3750
`
  expect(parseSegment(profile)).toEqual({ instructions: 3750, collection: 3000, compilation: 700 })
})
