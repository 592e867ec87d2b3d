/** Builds the reference handler and the flawed ones from it: source text in, a deployable CommonJS file out. */
import { readFileSync } from 'node:fs'
import { transformSync } from 'esbuild'
import type { OneProviderPolicy, Policy } from '../../../authorizer/policy.ts'
import type { Edit, Flaw } from './flaw.ts'

export interface BuiltHandler {
  /** CommonJS that exports `handler`, with the policy in its first line; needs nothing but Node. */
  code: string
  policy: Policy
}

/** What the catalogue's handlers enforce unless a flaw says otherwise: one route of each kind. */
export const cataloguePolicy: OneProviderPolicy = {
  issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE01',
  clientIds: ['exampleclient'],
  tokenUse: 'access',
  requiredClaims: ['cognito:groups'],
  jwks: { maxAge: 3600, maxStale: 86_400, cooldown: 10 },
  routes: [
    { path: '/public/*', public: true },
    { path: '/users/{sub}/*' },
    { path: '/groups/{group}/*' },
    { path: '/vault/{group}/*', hash: 'md5' },
    { path: '/tenants/{claim:custom:tenant}/*' },
    { path: '/reports/*', groups: ['analysts'] },
  ],
  methods: ['GET', 'HEAD'],
  corsPreflight: true,
  corsOrigins: ['https://app.example.com'],
  deny: { unauthenticated: { status: 401 }, forbidden: { status: 403 } },
}

/** What the handlers that sign in enforce: a confidential client with limits, and everything that a provider may have. */
export const signInPolicy = {
  issuer: 'https://issuer.example.org/pool',
  clientIds: ['portal'],
  tokenUse: 'access',
  routes: [{ path: '/public/*', public: true }, { path: '/bye.html', public: true }, { path: '/users/{sub}/*' }],
  signIn: {
    client: 'portal',
    endpoints: {
      authorization: 'https://login.example.org/authorize',
      token: 'https://login.example.org/token',
      revocation: 'https://login.example.org/revoke',
      logout: 'https://login.example.org/logout',
    },
    logout: 'oidc',
    responseIss: true,
    tokenEndpointAuthMethod: 'client_secret_basic',
    afterSignOut: '/bye.html',
    hosts: ['files.example.com', 'vault.example.com'],
    secret: {
      seal: [Buffer.alloc(32, 1).toString('base64url'), Buffer.alloc(32, 2).toString('base64url')],
      clientSecret: 'a:secret with 100% of + and &',
    },
    idleSeconds: 7200,
    absoluteSeconds: 14_400,
  },
} as const satisfies OneProviderPolicy

const source = readFileSync(new URL('./reference-handler.ts', import.meta.url), 'utf8')
const signInSource = readFileSync(new URL('./reference-sign-in-handler.ts', import.meta.url), 'utf8')

export function referenceHandler(policy: Policy = cataloguePolicy): BuiltHandler {
  return { code: compile(source, policy), policy }
}

export function referenceSignInHandler(policy: Policy = signInPolicy): BuiltHandler {
  return { code: compile(signInSource, policy), policy }
}

/** `changed`: another policy than the flaw's. Throws an Error where an edit's text does not stand exactly once in the reference handler. */
export function flawedHandler(flaw: Flaw, changed?: Policy): BuiltHandler {
  const { name, edits, policy: changes, signsIn } = flaw
  const whole: Policy = signsIn ? signInPolicy : cataloguePolicy
  const policy = changed ?? (changes?.providers ? changes : ({ ...whole, ...changes } as Policy))
  const text = edits.reduce((edited, edit) => applied(edited, edit, name), signsIn ? signInSource : source)
  return { code: compile(text, policy), policy }
}

function applied(text: string, [replace, by]: Edit, flaw: string): string {
  const places = text.split(replace).length - 1
  if (places !== 1) throw new Error(`${flaw}: the text to replace stands ${places} times in the handler: ${replace}`)
  return text.replace(replace, () => by)
}

function compile(text: string, policy: Policy): string {
  const { code } = transformSync(text, { loader: 'ts', format: 'cjs', target: 'node22', logLevel: 'silent' })
  return `"use strict";const POLICY=${JSON.stringify(policy)};\n${code}`
}
