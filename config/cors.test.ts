import { expect, it } from 'vitest'
import { corsHeaderFault, credentialedOriginFault, originFault } from './cors.ts'

it.each([
  'https://app.example.com',
  'http://localhost:5173',
  'https://*.example.com',
  'https://*.app.example.com:8443',
])('S13: an origin may be %s', (text) => expect(originFault(text)).toBeUndefined())

it.each([
  '*',
  'null',
  'app.example.com',
  '*.example.com',
  'https://app.example.com/',
  'https://*',
  'https://*.com',
  'https://*.example.com/',
  'https://a*.example.com',
  'https://a.*.example.com',
  'https://*.*.example.com',
  'https://APP.example.com',
  'ftp://app.example.com',
])('S13: an origin may not be %s', (text) => expect(originFault(text)).toMatch(/^should be an origin/))

it('an origin of http gets no answer that a cookie opened, but for this machine', () => {
  const cookie = { cookie: 'id' }
  expect(credentialedOriginFault('http://app.example.com', ['header', cookie])).toMatch(/https/)
  expect(credentialedOriginFault('http://localhost.example.com', [cookie])).toMatch(/https/)
  expect(credentialedOriginFault('http://app.example.com', ['header'])).toBeUndefined()
  for (const origin of ['http://localhost:5173', 'http://127.0.0.1', 'http://[::1]:80', 'https://app.example.com'])
    expect(credentialedOriginFault(origin, [cookie])).toBeUndefined()
})

it('S14: a request header is named', () => {
  expect(corsHeaderFault('sentry-trace')).toBeUndefined()
  for (const name of ['*', '', 'a b', 'a:']) expect(corsHeaderFault(name)).toMatch(/^should /)
})
