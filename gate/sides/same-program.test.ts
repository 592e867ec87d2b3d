import { expect, test } from 'vitest'
import { sameProgram } from './same-program.ts'

const program = (text: string) => ({ 'index.js': text })
const text = 'var a=require("fs");function b(c,d){let e=c+d;return e*a.length}exports.handler=b'

test('the same bytes, other names of variables, and another program are told apart', () => {
  expect(sameProgram(program(text), program(text))).toBe('bytes')
  expect(sameProgram(program(text), program(text.replace('let e=', 'let q=').replace('return e', 'return q')))).toBe(
    'names',
  )
  expect(sameProgram(program(text), program(text.replace('c+d', 'd+c')))).toBeNull()
  expect(sameProgram(program(text), program(text.replace('exports.handler', 'exports.other')))).toBeNull()
})
