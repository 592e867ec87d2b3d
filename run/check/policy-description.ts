/** A policy in plain words, for people who have to say whether it is the one that was meant. */
import type { ClaimRule, ClaimRules, CredentialSource, Policy, Route } from '../../authorizer/policy.ts'
import {
  type CompletePolicy,
  type CompleteProvider,
  completeSource,
  withDefaults,
} from '../../config/policy-defaults.ts'
import { parsePattern } from '../../config/route-pattern.ts'
import { secondsText } from '../../config/seconds-text.ts'
import { inDecisionOrder } from './decision-order.ts'

/** A heading, and under it rows of a term and what is said of it. */
export interface Section {
  title: string
  rows: { term: string; text: string }[]
}

export function describePolicy(policy: Policy): Section[] {
  const complete = withDefaults(policy)
  return [
    routesSection(complete),
    ...servedSection(complete),
    ...complete.providers.map((provider) => tokensSection(provider, complete)),
    {
      title: 'Where a token is',
      rows: complete.credentials.map((source, index) => ({
        term: complete.credentials.length === 1 ? 'only' : index === 0 ? 'first' : 'else',
        text: sourceText(source),
      })),
    },
    ...signInSection(complete),
    denialSection(complete),
  ]
}

function routesSection({ routes, providers, methods }: CompletePolicy): Section {
  const rows = inDecisionOrder(routes).map(({ route }) => ({
    term: route.path,
    text: whoMayRead(route, providers.length > 1),
  }))
  return {
    title: `Who may read what (${listText(methods, 'and')}), in the order of decision`,
    rows: [...rows, { term: 'anything else', text: 'nobody' }],
  }
}

/** What stands for a path; both have to be granted. */
function servedSection({ routes, index, slash }: CompletePolicy): Section[] {
  const apps = inDecisionOrder(routes).flatMap(({ route }) =>
    route.app === undefined ? [] : [{ term: route.path, text: `${route.app}, where the last segment has no "."` }],
  )
  const rows = [
    ...apps,
    ...(index === undefined ? [] : [{ term: '…/', text: `…/${index}` }]),
    ...(slash === undefined ? [] : [{ term: 'no route without /', text: '302 to the path with it' }]),
  ]
  return rows.length === 0 ? [] : [{ title: 'What is served in place of a path, if both are granted', rows }]
}

/**
 * Whose token opens a route.
 *
 * @example
 * whoMayRead({ path: '/users/{sub}/*', scopes: ['files:read'] }, false)
 * // 'a token whose sub is the segment {sub}, with the scope files:read'
 */
export function whoMayRead(route: Route, isWhoseAsked: boolean): string {
  if (route.public) return 'anybody, with or without a token'
  const { groups = [], scopes = [], claims = {} } = route
  const whose = !isWhoseAsked
    ? ''
    : route.provider === undefined
      ? ' of any provider'
      : ` of ${listText([route.provider].flat(), 'or')}`
  const conditions = [
    ...capturesOf(route),
    ...(groups.length > 0
      ? [`in ${groups.length > 1 ? 'one of the groups' : 'the group'} ${listText(groups, 'or')}`]
      : []),
    ...(scopes.length > 0 ? [`with the scope${scopes.length > 1 ? 's' : ''} ${listText(scopes, 'and')}`] : []),
    ...ruleTexts(claims).map((text) => `whose ${text}`),
  ]
  return `a token${whose}${conditions.length > 0 ? ' ' : ''}${conditions.join(', ')}`
}

function capturesOf({ path, hash }: Route): string[] {
  return parsePattern(path).flatMap((segment) => {
    if (segment.kind !== 'capture') return []
    const { capture, prefix, suffix } = segment
    const value = hash ? `whose ${hash} is` : 'that is'
    const what = prefix || suffix ? 'the part' : 'the segment'
    if (capture.kind === 'group') return [`with a group ${value} ${what} {group}`]
    const [claim, placeholder] = capture.kind === 'sub' ? ['sub', '{sub}'] : [capture.name, `{claim:${capture.name}}`]
    return [hash ? `with a ${claim} ${value} ${what} ${placeholder}` : `whose ${claim} is ${what} ${placeholder}`]
  })
}

function tokensSection(
  provider: CompleteProvider,
  { providers, jwks, clockToleranceSeconds }: CompletePolicy,
): Section {
  const { issuers, tokenUse, clientIds, clientClaim, audiences, types, algorithms, requiredClaims, claims } = provider
  const uris = [...new Set(issuers.map(({ jwksUri }) => jwksUri))]
  const must = [...requiredClaims.map((claim) => `${claim} is there`), ...ruleTexts(claims)]
  const row = (term: string, text: string) => ({ term, text })
  return {
    title: providers.length > 1 ? `Tokens of ${provider.name}` : 'Which tokens count',
    rows: [
      row(
        'from',
        listText(
          issuers.map(({ issuer }) => issuer),
          'or',
        ),
      ),
      ...(provider.tenants.length > 0 ? [row('tid', tenantsText(provider.tenants))] : []),
      row('for', `client ${listText(clientIds, 'or')} (${clientClaim})`),
      ...(audiences ? [row('aud', listText(audiences, 'or'))] : []),
      ...(tokenUse ? [row('token_use', tokenUse)] : []),
      ...(types ? [row('typ', listText(types, 'or'))] : []),
      row(
        'groups',
        provider.groupsClaim.split === undefined
          ? provider.groupsClaim.claim
          : `${provider.groupsClaim.claim}, cut at ${JSON.stringify(provider.groupsClaim.split)}`,
      ),
      ...(must.length > 0 ? [row('if', `${listText(must, 'and')}; else they are forbidden`)] : []),
      row('until', `exp${clockToleranceSeconds > 0 ? ` and ${secondsText(clockToleranceSeconds)} more` : ''}`),
      row(
        'signed',
        `${listText(algorithms, 'or')}, by a key that kid names${provider.kid === 'optional' ? ', or the only one that fits' : ''}`,
      ),
      ...(provider.cnf === 'ignore' ? [row('cnf', 'is ignored: bound tokens pass as plain bearer')] : []),
      row('keys', listText(uris, 'and')),
      row(
        '',
        `fetched at start, and again after ${secondsText(jwks.maxAge)} or for an unknown kid, not more often than every ${secondsText(jwks.cooldown)}; while that fails, used for ${secondsText(jwks.maxStale)} more`,
      ),
    ],
  }
}

function tenantsText(tenants: readonly string[] | 'any'): string {
  return tenants === 'any' ? 'any tenant' : listText(tenants, 'or')
}

function sourceText(source: CredentialSource): string {
  const complete = completeSource(source)
  if ('cookie' in complete) return `the cookie ${complete.cookie}${complete.chunks ? ', whole or in chunks' : ''}`
  return `the header ${complete.header}${complete.scheme === null ? ', as it stands' : `, ${complete.scheme}`}`
}

function signInSection({ signIn }: CompletePolicy): Section[] {
  if (!signIn) return []
  const { client, endpoints, token, tokenEndpointAuthMethod: method, paths, afterSignOut, hosts, secret } = signIn
  const { refresh, idleSeconds, absoluteSeconds } = signIn
  const row = (term: string, text: string) => ({ term, text })
  const limits = [
    ...(idleSeconds === undefined ? [] : [`${secondsText(idleSeconds)} after its last refresh`]),
    ...(absoluteSeconds === undefined ? [] : [`${secondsText(absoluteSeconds)} after its sign-in`]),
  ]
  return [
    {
      title: 'How a visitor without a token is signed in',
      rows: [
        row('sent to', `${endpoints.authorization}, as ${client}, who goes to a page (GET, Fetch Metadata)`),
        row(
          'comes back',
          `${paths.callback}, on ${hosts ? listText(hosts, 'or') : "the distribution's own domain name"}`,
        ),
        row('the client', method === 'none' ? 'is public, with PKCE' : `proves itself by ${method}, with PKCE`),
        row('the session', `holds the ${token === 'id' ? 'ID' : 'access'} token, where no header brings one`),
        row('refreshed', `${paths.refresh}, by ${refresh === 'any' ? 'any GET' : 'navigations'}`),
        row(
          'ends',
          limits.length > 0
            ? `${listText(limits, 'or')}, and the token's time`
            : 'when the provider refuses to refresh it',
        ),
        row(
          'signs out',
          `${paths.signOut}, and ends at ${afterSignOut}${endpoints.logout ? `, by way of ${endpoints.logout}` : ''}`,
        ),
        row('secret', secretText(secret)),
      ],
    },
  ]
}

function secretText(secret: NonNullable<CompletePolicy['signIn']>['secret']): string {
  if (secret === undefined) return 'none: the refresh token is not sealed'
  if ('seal' in secret) return "in the function's code"
  return 'ssmParameter' in secret ? secret.ssmParameter : secret.secretsManager
}

function denialSection({ deny, corsPreflight, corsOrigins, signIn }: CompletePolicy): Section {
  const { unauthenticated, forbidden } = deny
  return {
    title: 'What a denial looks like (never cached)',
    rows: [
      {
        term: 'without a good token',
        text: signIn ? `navigations: signed in; all else: ${statusText(unauthenticated)}` : loginText(unauthenticated),
      },
      { term: 'with one that may not', text: statusText(forbidden) },
      { term: 'where nobody may', text: statusText(forbidden) },
      { term: 'while no keys can be had', text: '503' },
      { term: 'CORS preflights', text: corsPreflight ? 'pass without a token' : 'are denied like any other request' },
      {
        term: 'pages that may read it',
        text: corsOrigins.length > 0 ? `of ${listText(corsOrigins, 'and')}` : 'of the same origin',
      },
    ],
  }
}

function loginText(denial: CompletePolicy['deny']['unauthenticated']): string {
  const { redirect, redirectOn = 'navigation', returnTo, returnQuery } = denial
  if (redirect === undefined) return statusText(denial)
  const back = returnTo === undefined ? '' : `, path ${returnQuery ? 'and query ' : ''}in ?${returnTo}=`
  const login = `302 to ${redirect}${back}`
  return redirectOn === 'always' ? login : `navigations: ${login}; all else: ${statusText(denial)}`
}

function statusText({ status, page }: { status: number; page?: string }): string {
  return page === undefined ? String(status) : `${status}, with its page`
}

function ruleTexts(rules: ClaimRules): string[] {
  return Object.entries(rules).map(([claim, rule]) => `${claim} ${ruleText(rule)}`)
}

function ruleText(rule: ClaimRule): string {
  const [verb, values] = typeof rule === 'object' && 'contains' in rule ? ['has', rule.contains] : ['is', rule]
  return `${verb} ${listText(
    [values].flat().map((value) => JSON.stringify(value)),
    'or',
  )}`
}

/** `a, b or c`. */
function listText(texts: readonly string[], word: 'and' | 'or'): string {
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} ${word} ${texts.at(-1)}`
}
