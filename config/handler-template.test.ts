import { expect, test } from 'vitest'
import { fillTemplate, readTemplate, templateFault } from './handler-template.ts'

test.each([
  ['Bearer {token}', 'Bearer a.b.c'],
  ['{token|base64}', 'YS5iLmM='],
  ['{"id":{token|json},"of":"{sub}"}', '{"id":"a.b.c","of":"me"}'],
  ['{"id":"{token}"}|base64url', 'eyJpZCI6ImEuYi5jIn0'],
  ['{"id":"{token}"}|percent', '%7B%22id%22%3A%22a.b.c%22%7D'],
])('%s is filled, and the token is read out of it again', (template, text) => {
  expect(fillTemplate(template, { token: 'a.b.c', sub: 'me' })).toBe(text)
  expect(readTemplate(template, 'token', text)).toBe('a.b.c')
})

test('a text that the template did not make has no token', () => {
  expect(readTemplate('Bearer {token}', 'token', 'Basic a.b.c')).toBeUndefined()
  expect(readTemplate('{"id":"{token}"}|base64url', 'token', 'a.b.c')).toBeUndefined()
})

test('a misspelt name or filter is told', () => {
  expect(templateFault('Bearer {tokn}', ['token', 'sub'])).toBe(
    'has {tokn}, and only {token}, {sub} stand for something',
  )
  expect(templateFault('{token|base46}', ['token'])).toMatch(/filter \|base46; filters are \|json, \|base64/)
  expect(templateFault('{"id":{token|json}}', ['token'])).toBeUndefined()
})
