/** Says of a handler that lets nobody in what it was sent, what came of it, and what usually causes that. */
import type { ViewerRequest } from '../../authorizer/cloudfront.ts'
import { withDefaults } from '../../config/policy-defaults.ts'
import type { ServedUrls } from '../../oracle/served-urls.ts'
import { viewerRequestOf } from '../../oracle/viewer-request-shape.ts'
import type { Answer } from '../answer.ts'
import type { Step } from '../case.ts'
import { valuesOf } from '../invariants/header-values.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import type { World } from '../world/world.ts'

interface Asked {
  step: Step | undefined
  answer: Answer | undefined
}

/** So much of a value is shown; a token's beginning says what it is. */
const shownLength = 100
const shownLines = 8

/** The whole message, several lines. */
export function misfit(tested: HandlerUnderTest, world: World, serve: ServedUrls, asked: readonly Asked[]): string {
  const [first] = asked
  const request = first?.step?.kind === 'request' ? viewerRequestOf(first.step.event) : null
  const answers = asked.flatMap(({ answer }) => (answer ? [answer] : []))
  const fetched = [...new Set(answers.flatMap(({ fetches }) => fetches.map(({ url }) => url)))]
  const logs = answers.flatMap((answer) => answer.logs)
  const causes = usualCauses({ tested, world, serve, answers, fetched })
  return [
    `the policy does not fit the handler: good requests passed: 0 of ${asked.length}; nothing was attacked`,
    ...(request ? sentLines(request) : []),
    ...(answers[0] ? cameBack(answers[0]) : []),
    ...listed('  its log    ', logs.length > 0 ? logs : ['(empty)']),
    ...listed('  it fetched ', fetched.length > 0 ? fetched.map((url) => fetchLine(url, serve)) : ['nothing']),
    '  what usually causes this:',
    ...causes.map((cause) => `  - ${cause}`),
  ].join('\n')
}

function sentLines({ method, uri, querystring, headers }: ViewerRequest): string[] {
  const unremarkable = ['user-agent', 'accept', 'sec-fetch-mode', 'sec-fetch-dest']
  const lines = Object.entries(headers)
    .filter(([name]) => !unremarkable.includes(name))
    .flatMap(([name, entries]) => entries.map(({ value }) => `${name}: ${cut(value)}`))
  return [`  sent       ${method} ${uri}${querystring ? `?${cut(querystring)}` : ''}`, ...lines.map(indented)]
}

function cameBack({ result }: Answer): string[] {
  const begin = '  came back  '
  if (result.kind === 'response') {
    const { status, headers = {} } = result.response
    return [`${begin}${String(status)}`, ...valuesOf(headers, 'location').map((to) => indented(`Location: ${to}`))]
  }
  if (result.kind === 'threw') return [`${begin}nothing: it threw ${result.error}`]
  if (result.kind === 'invalid') return [`${begin}${result.value || 'nothing'}: ${result.why}`]
  if (result.kind === 'exit') return [`${begin}nothing: it ended its process (${result.signal ?? result.code})`]
  return [`${begin}no answer`]
}

function fetchLine(url: string, serve: ServedUrls): string {
  return Object.hasOwn(serve, url) ? `${url} (answered)` : `${url} (nothing is served there)`
}

interface Evidence {
  tested: HandlerUnderTest
  world: World
  serve: ServedUrls
  answers: readonly Answer[]
  fetched: readonly string[]
}

function usualCauses(evidence: Evidence): string[] {
  const causes = [missingFile, otherThrow, unservedUrls, otherClient, otherReason].flatMap((cause) => cause(evidence))
  return [
    ...causes,
    'it lets nobody in where it is deployed either: a mistake of its own',
    'no credential can be made for it: --deny-only shows that nobody passes with a forged one',
  ]
}

function thrown({ answers }: Evidence): string[] {
  return answers.flatMap(({ result }) => (result.kind === 'threw' ? [result.error] : []))
}

function missingFile(evidence: Evidence): string[] {
  const texts = [...thrown(evidence), ...evidence.answers.flatMap(({ logs }) => logs)]
  const file = texts.map((text) => /ENOENT[^'"]*['"]([^'"]+)['"]/.exec(text)?.[1]).find((one) => one !== undefined)
  return file === undefined ? [] : [`a file that it reads is not there: ${file}; write it in handler.files`]
}

function otherThrow(evidence: Evidence): string[] {
  const [error] = thrown(evidence)
  if (error === undefined || error.includes('ENOENT')) return []
  return [`it throws; it may want handler.environment, handler.files, or another handler.runtime`]
}

function unservedUrls({ fetched, serve, world }: Evidence): string[] {
  return fetched
    .filter((url) => !Object.hasOwn(serve, url))
    .map(
      (url) =>
        `it asks for ${cut(url)}: if its keys are there, make that the policy's jwksUri (now ${world.issuers[0].jwksUri}), else say in handler.answers what it answers`,
    )
}

function otherClient({ tested, answers }: Evidence): string[] {
  const clients = withDefaults(tested.policy).providers.flatMap(({ clientIds }) => clientIds)
  const named = answers.flatMap(({ result }) =>
    result.kind === 'response' ? valuesOf(result.response.headers ?? {}, 'location').flatMap(clientIn) : [],
  )
  const other = named.find((client) => !clients.includes(client))
  return other === undefined
    ? []
    : [`it sends visitors to sign in for the client ${other}, and the policy's clientIds are ${clients.join(', ')}`]
}

function clientIn(location: string): string[] {
  return URL.canParse(location) ? new URL(location).searchParams.getAll('client_id') : []
}

function otherReason({ tested, world, fetched }: Evidence): string[] {
  const where =
    'it looks for the credential elsewhere, or for a companion cookie: policy.credentials, or handler.credential'
  if (world.issuers.some(({ jwksUri }) => fetched.includes(jwksUri)))
    return [
      'it has the keys and refuses the token: another issuer, client, tokenUse or algorithm in the policy, or a claim that it wants (handler.claims)',
      where,
    ]
  const keys = tested.handler?.keys ?? 'fetched'
  const holds = keys === 'baked-in' || typeof keys === 'object' || tested.handler?.secret !== undefined
  return holds
    ? [where]
    : [where, 'its keys are baked in, or its tokens are its own: handler.keys, handler.files, handler.secret']
}

function listed(begin: string, lines: readonly string[]): string[] {
  const shown = lines.slice(0, shownLines).map(cut)
  const more = lines.length > shownLines ? [`and ${lines.length - shownLines} more`] : []
  return [...shown, ...more].map((line, index) => (index === 0 ? begin + line : indented(line)))
}

function indented(line: string): string {
  return `             ${line}`
}

function cut(text: string): string {
  const line = text.replace(/[\x00-\x1f\x7f]+/g, ' ')
  return line.length > shownLength ? `${line.slice(0, shownLength)}…` : line
}
