/** Handlers that are right by the semantics, written in other ways than ours: whatever is found in them is a mistake of the judge. */
import type { Policy } from '../../authorizer/policy.ts'

export interface RightHandler {
  /** The file beside this one that exports `handler`. */
  name: string
  /** What it enforces, as it is written into the file. */
  policy: Policy
  /**
   * It leaves to a library what nobody without the issuer's key gains by (`crit`, a second spelling of a signature), or names
   * fewer paths than the policy: hardening is found in it, and nothing else.
   */
  isPlain?: boolean
}

export const rightHandlers: readonly RightHandler[] = [
  {
    name: 'bearer-by-web-crypto',
    policy: {
      issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Right0001',
      clientIds: ['rightclient'],
      tokenUse: 'access',
      routes: [
        { path: '/public/*', public: true },
        { path: '/users/{sub}/*' },
        { path: '/groups/{group}/*' },
        { path: '/reports/*', groups: ['analysts'] },
      ],
      methods: ['GET', 'HEAD'],
    },
  },
  {
    name: 'cookie-and-redirect',
    policy: {
      issuer: 'https://cognito-idp.us-west-2.amazonaws.com/us-west-2_Right0002',
      clientIds: ['webclient'],
      tokenUse: 'id',
      credentials: { cookie: 'id_session' },
      requiredClaims: ['email'],
      jwks: { maxAge: 1800, maxStale: 43_200, cooldown: 20 },
      routes: [{ path: '/assets/*', public: true }, { path: '/me/{sub}/*' }, { path: '/team/{group}/*' }],
      methods: ['GET', 'HEAD'],
      deny: {
        unauthenticated: {
          redirect: 'https://login.example.net/authorize',
          redirectOn: 'always',
          returnTo: 'return_to',
        },
        forbidden: { status: 403 },
      },
    },
  },
  {
    name: 'two-issuers',
    policy: {
      issuer: ['https://login.example.org/realms/a', 'https://id.example.com'],
      jwksUri: ['https://login.example.org/realms/a/certs', 'https://id.example.com/jwks'],
      clientIds: ['api', 'web'],
      tokenUse: null,
      algorithms: ['ES256'],
      jwks: { maxAge: 600, maxStale: 3600, cooldown: 30 },
      clockToleranceSeconds: 60,
      routes: [{ path: '/tenants/{claim:custom:tenant}/*' }, { path: '/shared/*' }],
      methods: ['GET'],
      corsPreflight: true,
    },
  },
  {
    name: 'express-style-jose',
    isPlain: true,
    policy: {
      issuer: 'https://login.example.org/realms/express',
      jwksUri: 'https://login.example.org/realms/express/certs',
      clientIds: ['express-app'],
      tokenUse: null,
      requiredClaims: ['sub'],
      routes: [{ path: '/assets/*', public: true }, { path: '/me/{sub}/*' }],
      methods: ['GET', 'HEAD'],
    },
  },
  {
    name: 'cognito-readme',
    isPlain: true,
    policy: {
      issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Readme001',
      clientIds: ['readmeclient'],
      tokenUse: 'access',
      routes: [{ path: '/public/*', public: true }, { path: '/*' }],
      methods: ['GET', 'HEAD'],
    },
  },
  {
    name: 'jsonwebtoken-callbacks',
    isPlain: true,
    policy: {
      issuer: 'https://id.example.net',
      clientIds: ['webshop'],
      tokenUse: null,
      credentials: { cookie: 'id_token' },
      claims: { email_verified: true },
      routes: [{ path: '/shop/*' }],
      methods: ['GET', 'HEAD'],
      deny: {
        unauthenticated: { redirect: 'https://login.example.net/authorize?client_id=webshop', redirectOn: 'always' },
      },
    },
  },
  {
    name: 'compiled-classes',
    isPlain: true,
    policy: {
      issuer: 'https://cognito-idp.ap-southeast-2.amazonaws.com/ap-southeast-2_Class0001',
      clientIds: ['classclient'],
      tokenUse: 'access',
      routes: [{ path: '/groups/{group}/*' }],
      methods: ['GET', 'HEAD'],
    },
  },
  {
    name: 'middleware-chain',
    isPlain: true,
    policy: {
      issuer: 'https://sso.example.com/oauth2/default',
      jwksUri: 'https://sso.example.com/oauth2/default/v1/keys',
      clientIds: ['docs-client'],
      clientClaim: 'cid',
      audiences: ['api://default'],
      tokenUse: null,
      requiredClaims: ['sub'],
      routes: [{ path: '/docs/*' }],
      methods: ['GET', 'HEAD'],
    },
  },
]
