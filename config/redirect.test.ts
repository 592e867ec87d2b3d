import { expect, it } from 'vitest'
import { redirectFault, returnToFault } from './redirect.ts'

it.each([
  '/login',
  '/',
  '/login/?a=1',
  '/a%20b',
  'https://login.example.com',
  'https://login.example.com:8443/a?b=c@d',
])('a redirect may lead to %s', (text) => expect(redirectFault(text)).toBeUndefined())

it.each([
  'login',
  '//evil.example',
  '/\\evil.example',
  '/%5cevil.example',
  '/%2f/evil.example',
  '/a/../b',
  '/a#b',
  'https:x',
  'https:/x',
  'https:\\\\evil.example',
  'https://',
  'https:///evil.example',
  'https://good@evil.example/',
  'https://@evil.example/',
  'https://login.example.com/#a',
  'https://login.example.com/\r\nx',
  'https://löwe.example/',
  'http://login.example.com/',
  'HTTPS://login.example.com/',
  'javascript:alert(1)',
  '',
])('a redirect may not lead to %j', (text) => expect(redirectFault(text)).toMatch(/^should /))

it('a return path has a parameter of its own', () => {
  expect(returnToFault('to', '/login?a=1')).toBeUndefined()
  expect(returnToFault('to', '/login?to=1')).toMatch(/already/)
  expect(returnToFault('a&b', '/login')).toMatch(/query parameter/)
})
