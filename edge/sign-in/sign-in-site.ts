/** A site behind the local edge whose visitors sign in: its policy, its provider, its few pages, one after the other started. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OneProviderPolicy, SignIn, SignInSecrets } from '../../authorizer/policy.ts'
import { bundleAuthorizer, deployable } from '../../build/bundle.ts'
import { writeWholeFile } from '../../config/write-file.ts'
import type { Server } from '../../testing/http-browser.ts'
import type { ProviderOptions, RegisteredClient, SignInProvider } from '../../testing/providers/sign-in-provider.ts'
import type { Edge } from '../edge.ts'
import { startEdge } from '../start-edge.ts'
import { templateFixture } from '../template/template-fixture.ts'

export const accounts = {
  alice: { username: 'alice', password: 'correct horse', sub: 'alice-sub', groups: ['staff'] },
  bob: { username: 'bob', password: 'battery staple', sub: 'bob-sub', groups: ['guests'] },
}
export type Person = keyof typeof accounts

export interface SignInSite extends AsyncDisposable {
  edge: Edge
  provider: SignInProvider
  /** `https://HOST`, without a port. */
  url: string
  /** The site's host and the provider's, for browsers. */
  servers: Record<string, Server>
  close(): Promise<void>
}

export interface SignInSiteOptions {
  host: string
  start(options: ProviderOptions & { resource: string }): Promise<SignInProvider>
  /** How the policy reads its tokens. */
  provider: Pick<OneProviderPolicy, 'tokenUse' | 'clientClaim' | 'audiences' | 'groupsClaim'>
  signIn: Partial<SignIn> & Pick<SignIn, 'logout'>
  /** How the function proves itself at the token endpoint. Default: a public client. */
  client?: Pick<RegisteredClient, 'secret' | 'publicKey' | 'authMethod'> & Pick<SignInSecrets, 'privateKey'>
  clockAhead?: SharedArrayBuffer
  /** Default: no more than the function before a bucket, which takes no time to make. */
  template?(policy: OneProviderPolicy): Promise<object>
}

const clientId = 'portal'
const page = (title: string, body = '') =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${body}</html>\n`

/** Path → content. What is below /docs/ is for everybody who has signed in, below /staff/ for one group. */
const pages: Record<string, string> = {
  'index.html': page('Welcome', '<a href="/docs/">documents</a>'),
  'bye.html': page('Goodbye', '<a href="/docs/">sign in again</a>'),
  'docs/index.html': page('Documents', '<a href="/docs/one.html">one</a> <a href="/_auth/sign-out">sign out</a>'),
  'docs/one.html': page('One', '<a href="/docs/">documents</a>'),
  'docs/note.txt': 'a note\n',
  'staff/index.html': page('Staff'),
}

export async function startSignInSite(options: SignInSiteOptions): Promise<SignInSite> {
  const { host, client = {}, clockAhead, template = leastTemplate } = options
  const { privateKey: _, ...registered } = client
  const url = `https://${host}`
  const resources = new AsyncDisposableStack()
  try {
    const provider = await options.start({
      accounts: Object.values(accounts),
      clients: [
        {
          ...registered,
          id: clientId,
          redirectUris: [`${url}/_auth/callback`],
          signOutUris: [`${url}/bye.html`],
        },
      ],
      resource: url,
    })
    resources.defer(provider.close)
    const objects = mkdtempSync(join(tmpdir(), 'edgeproof-sign-in-'))
    resources.defer(async () => rmSync(objects, { recursive: true, force: true }))
    for (const [path, text] of Object.entries(pages)) writeWholeFile(join(objects, path), text)
    const policy = policyOf(options, provider)
    const edge = await startEdge({
      template: await template(policy),
      config: { policy },
      objects,
      tlsPort: 0,
      servers: Object.fromEntries(provider.hosts.map((name) => [name, provider.port])),
      ...(clockAhead && { clockAhead }),
    })
    resources.defer(edge.close)
    const servers = { ...Object.fromEntries(provider.hosts.map((name) => [name, provider])), [host]: serverOf(edge) }
    const close = () => resources.disposeAsync()
    return { edge, provider, url, servers, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await resources.disposeAsync()
    throw error
  }
}

async function leastTemplate(policy: OneProviderPolicy): Promise<object> {
  const { program } = bundleAuthorizer(policy, { snapshots: false })
  return templateFixture({ code: deployable(program, { policy }) })
}

function policyOf(options: SignInSiteOptions, { issuer, jwksUri, endpoints }: SignInProvider): OneProviderPolicy {
  const { host, provider, signIn, client: { secret, privateKey, authMethod } = {} } = options
  return {
    issuer,
    jwksUri,
    clientIds: [clientId],
    ...provider,
    index: 'index.html',
    routes: [
      { path: '/', public: true },
      { path: '/index.html', public: true },
      { path: '/bye.html', public: true },
      { path: '/docs/*' },
      { path: '/staff/*', groups: ['staff'] },
    ],
    signIn: {
      client: clientId,
      endpoints,
      afterSignOut: '/bye.html',
      hosts: [host],
      secret: {
        seal: [randomBytes(32).toString('base64url')],
        ...(secret !== undefined && { clientSecret: secret }),
        ...(privateKey && { privateKey }),
      },
      ...(authMethod && { tokenEndpointAuthMethod: authMethod }),
      ...signIn,
    },
  }
}

function serverOf({ tlsUrl = '', certificate = '' }: Edge): Server {
  return { tlsPort: Number(new URL(tlsUrl).port), certificate }
}
