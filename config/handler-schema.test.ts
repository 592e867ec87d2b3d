import { expect, test } from 'vitest'
import { parse } from './config.ts'
import { type HandlerConfig, handlerSchema } from './handler-schema.ts'

const read = (handler: unknown) => () => parse(handlerSchema, handler, 'config')

const right: HandlerConfig = {
  file: 'dist/index.js',
  event: 'origin-request',
  runtime: 'nodejs22.x',
  hosts: ['files.example.com'],
  environment: { CLIENT: 'portal' },
  files: { 'config.json': { client: '{client}', jwks: '{jwks}' }, 'key.pem': '{publicKey}' },
  credential: { cookies: { 'Pool.{client}.{username}.idToken': '{token}', user: '{"sub":"{sub}"}|base64' } },
  keys: 'baked-in',
  claims: { email_verified: true },
}

test('a description is taken as it is written', () => {
  expect(read(right)()).toEqual(right)
})

test.each<[string, object, RegExp]>([
  ['no file', { file: undefined }, /config: file: /],
  ['a misspelt field', { credentials: {} }, /config: credentials: is not a field; did you mean credential\?/],
  ['a misspelt place', { credential: { cookies: { a: '{tokn}' } } }, /credential.*\{tokn\}, and only \{token\}/s],
  ['a credential without the token', { credential: { cookies: { a: '{sub}' } } }, /credential.*\{token\} somewhere/s],
  ['a file outside the folder', { files: { '../a.json': '' } }, /files.*inside the handler's folder/],
  ['a store without its runtime', { store: { a: 'b' } }, /store: is of CloudFront functions/],
  ['a place that nothing fills', { replace: { '##KEYS##': '{keys}' } }, /replace.*##KEYS##.*has \{keys\}/],
])('a mistake names the field: %s', (_title, change, message) => {
  expect(read({ ...right, ...change })).toThrow(message)
})
