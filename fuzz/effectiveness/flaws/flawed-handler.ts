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

const source = readFileSync(new URL('./reference-handler.ts', import.meta.url), 'utf8')

export function referenceHandler(policy: Policy = cataloguePolicy): BuiltHandler {
  return { code: compile(source, policy), policy }
}

/** Throws an Error where an edit's text does not stand exactly once in the reference handler. */
export function flawedHandler({ name, edits, policy: changes }: Flaw): BuiltHandler {
  const policy: Policy = changes?.providers ? changes : { ...cataloguePolicy, ...changes }
  return {
    code: compile(
      edits.reduce((text, edit) => applied(text, edit, name), source),
      policy,
    ),
    policy,
  }
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
