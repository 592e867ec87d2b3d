// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes its variables like this.

import { expect, test } from 'vitest'
import { type Deployment, resolveIntrinsics } from './intrinsics.ts'

const deployment: Deployment = {
  ref: (id) => ({ Pool: 'us-east-1_A', 'AWS::Region': 'us-east-1' })[id],
  attribute: (id, name) => (id === 'Bucket' ? `${id}/${name}` : undefined),
}

test.each([
  [{ Ref: 'Pool' }, 'us-east-1_A'],
  [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, 'Bucket/Arn'],
  [{ 'Fn::GetAtt': 'Bucket.Nested.Arn' }, 'Bucket/Nested.Arn'],
  [{ 'Fn::Join': ['', ['a', { Ref: 'Pool' }, 'b']] }, 'aus-east-1_Ab'],
  [{ 'Fn::Sub': 'x-${Pool}-${Bucket.Arn}-${!Pool}' }, 'x-us-east-1_A-Bucket/Arn-${Pool}'],
  [{ 'Fn::Sub': ['${here}-${AWS::Region}', { here: { Ref: 'Pool' } }] }, 'us-east-1_A-us-east-1'],
  [{ 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
  [
    { a: [{ Ref: 'Pool' }], b: { Ref: 'AWS::NoValue' }, c: 1 },
    { a: ['us-east-1_A'], c: 1 },
  ],
])('%j', (value, expected) => {
  expect(resolveIntrinsics(value, deployment)).toEqual(expected)
})

test('what only a deployment knows is an error that names it', () => {
  expect(() => resolveIntrinsics({ 'Fn::GetAtt': ['Other', 'Arn'] }, deployment)).toThrow(
    /Fn::GetAtt Other.Arn is not known/,
  )
})
