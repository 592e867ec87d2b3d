import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Bearer, Check } from './checks.ts'

export interface Answer {
  status: number
  /** By name in lower case; the lines of one that comes twice, joined by a line break. */
  headers: Record<string, string>
  body: string
}

/** One request; what curl follows and sends is said by the arguments. Rejects where there is no answer. */
export async function curl(url: string, ...parameters: string[]): Promise<Answer> {
  const written = [
    '--silent',
    '--show-error',
    '--max-time',
    '30',
    '--include',
    '--suppress-connect-headers',
    ...parameters,
    url,
  ]
  const { stdout } = await promisify(execFile)('curl', written, { maxBuffer: 8 * 2 ** 20 })
  const [head = '', ...rest] = stdout.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const [name = '', ...value] = line.split(':')
    const key = name.toLowerCase()
    headers[key] = [headers[key], value.join(':').trim()].filter((text) => text !== undefined).join('\n')
  }
  return { status: Number(statusLine.split(' ')[1]), headers, body: rest.join('\r\n\r\n') }
}

export interface Subject {
  /** `https://…` without a path. */
  base: string
  token: string
  sub: string
  loginHost: string
  /** Further arguments of every request. */
  curl?: readonly string[]
}

/** What is not as it has to be, in words; empty where all is. */
export async function faults(check: Check, subject: Subject): Promise<string[]> {
  const token = check.bearer && spoilt(check.bearer, subject.token)
  const answer = await curl(
    `${subject.base}${check.path.replace('{sub}', subject.sub)}`,
    ...(subject.curl ?? []),
    ...(token === undefined ? [] : ['--header', `Authorization: Bearer ${token}`]),
    ...(check.curl ?? []),
  )
  const found = answer.status === check.status ? [] : [`status ${answer.status}, and not ${check.status}`]
  for (const [name, pattern] of Object.entries(check.headers ?? {})) {
    const value = answer.headers[name]
    const expected = pattern && new RegExp(pattern.source.replace('{login}', subject.loginHost.replaceAll('.', '\\.')))
    if (expected === null ? value !== undefined : !expected.test(value ?? ''))
      found.push(`${name}: ${value ?? '(none)'}`)
  }
  if (check.body && !check.body.test(answer.body)) found.push(`body: ${answer.body.slice(0, 80)}`)
  return found
}

function spoilt(bearer: Bearer, token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  switch (bearer) {
    case 'reader':
      return token
    case 'tampered':
      return `${header}.${payload}.${signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`
    case 'cut':
      return token.slice(0, token.length / 2)
    case 'unsigned':
      return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
  }
}
