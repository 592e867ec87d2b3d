// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes its variables like this.

import { expect, test } from 'vitest'
import { type Deployment, resolveIntrinsics, Unresolved } from './intrinsics.ts'

const deployment: Deployment = {
  ref: (id) => ({ Pool: 'us-east-1_A', 'AWS::Region': 'us-east-1' })[id],
  attribute: (id, name) => (id === 'Bucket' ? `${id}/${name}` : undefined),
  condition: (name) => ({ Yes: true, No: false })[name],
  mapping: (map, first, second) => (map === 'Map' ? `${first}.${second}` : undefined),
  imported: (name) => (name === 'other-id' ? 'imported' : undefined),
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
  [{ 'Fn::If': ['Yes', 'a', 'b'] }, 'a'],
  [{ 'Fn::If': ['No', 'a', { Ref: 'Pool' }] }, 'us-east-1_A'],
  [{ list: ['a', { 'Fn::If': ['No', 'b', { Ref: 'AWS::NoValue' }] }] }, { list: ['a'] }],
  [{ 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Not': [{ Condition: 'No' }] }] }, true],
  [{ 'Fn::Or': [{ Condition: 'No' }, { 'Fn::Equals': [{ Ref: 'Pool' }, 'us-east-1_A'] }] }, true],
  [{ 'Fn::FindInMap': ['Map', { Ref: 'AWS::Region' }, 'id'] }, 'us-east-1.id'],
  [{ 'Fn::FindInMap': ['Other', 'a', 'b', { DefaultValue: 'c' }] }, 'c'],
  [{ 'Fn::ImportValue': { 'Fn::Sub': 'other-id' } }, 'imported'],
  [{ 'Fn::Base64': 'text' }, 'dGV4dA=='],
  [{ 'Fn::Select': ['0', { 'Fn::GetAZs': '' }] }, 'us-east-1a'],
])('%j', (value, expected) => {
  expect(resolveIntrinsics(value, deployment)).toEqual(expected)
})

test.each([
  [
    { 'Fn::GetAtt': ['Other', 'Arn'] },
    'Fn::GetAtt Other.Arn is not known outside a deployment; pass --value Other.Arn=VALUE',
  ],
  [
    { 'Fn::Join': ['', ['a', { Ref: 'Other' }]] },
    'Ref Other is not known outside a deployment; pass --value Other=VALUE',
  ],
  [{ 'Fn::Sub': '${Other}' }, 'Fn::Sub Other is not known outside a deployment; pass --value Other=VALUE'],
  [{ 'Fn::ImportValue': 'none' }, 'Fn::ImportValue none is not known outside a deployment; pass --import none=VALUE'],
  [{ 'Fn::Select': [3, ['a']] }, 'Fn::Select: the list has no item 3'],
  [{ 'Fn::Transform': { Name: 'AWS::Include' } }, 'Fn::Transform is not known here'],
])('what only a deployment knows is named where it is read: %j', (value, reason) => {
  const resolved = resolveIntrinsics({ read: value, other: 1 }, deployment) as Record<string, unknown>
  expect(resolved.read).toBeInstanceOf(Unresolved)
  expect((resolved.read as Unresolved).reason).toBe(reason)
  expect(resolved.other).toBe(1)
})
