// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes its variables like this.

import { expect, test } from 'vitest'
import { parseTemplate } from './parse-template.ts'

test.each([
  ['!Ref Pool', { Ref: 'Pool' }],
  ['!GetAtt Pool.Nested.Arn', { 'Fn::GetAtt': ['Pool', 'Nested.Arn'] }],
  ['!GetAtt [Pool, Arn]', { 'Fn::GetAtt': ['Pool', 'Arn'] }],
  ["!Sub '${A}-b'", { 'Fn::Sub': '${A}-b' }],
  ['!Sub ["${A}", { A: !Ref B }]', { 'Fn::Sub': ['${A}', { A: { Ref: 'B' } }] }],
  ['!If [Made, !Ref A, !Ref "AWS::NoValue"]', { 'Fn::If': ['Made', { Ref: 'A' }, { Ref: 'AWS::NoValue' }] }],
  ['!Not [!Condition Made]', { 'Fn::Not': [{ Condition: 'Made' }] }],
  ['!Join ["", [a, !Ref B]]', { 'Fn::Join': ['', ['a', { Ref: 'B' }]] }],
  ['!FindInMap [M, !Ref "AWS::Region", id]', { 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'id'] }],
  ['!ImportValue\n  Fn::Sub: "${A}-x"', { 'Fn::ImportValue': { 'Fn::Sub': '${A}-x' } }],
  ['2010-09-09', '2010-09-09'],
  ['"yes"', 'yes'],
])('%s', (yaml, expected) => {
  expect(parseTemplate(`value: ${yaml}\n`, 'site.yaml')).toEqual({ value: expected })
})

test.each([
  ['{"a": }', /^site.json: is not JSON \(/],
  ['a: [1', /^site.json: is not YAML \(.* line 1/],
  ['a: !Unknown b', /^site.json: Unresolved tag: !Unknown at line 1/],
  ['- a', /^site.json: is no template/],
  ['', /^site.json: is no template/],
])('%j is one line that names the file', (text, message) => {
  expect(() => parseTemplate(text, 'site.json')).toThrow(message)
})
