// The demo: a user pool in front of a bucket with public, per-user, per-group and reports paths.
import { defineConfig } from './config/config.ts'

export default defineConfig({
  policy: {
    issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE01',
    clientIds: ['exampleclient'],
    tokenUse: 'access',
    requiredClaims: ['cognito:groups'],
    routes: [
      { path: '/public/*', public: true },
      { path: '/users/{sub}/*' },
      { path: '/groups/{group}/*' },
      { path: '/vault/{group}/*', hash: 'md5' },
      { path: '/reports/*', groups: ['analysts'] },
    ],
    methods: ['GET', 'HEAD'],
    corsPreflight: true,
    corsOrigins: ['https://app.example.com'],
    deny: { unauthenticated: { status: 401 }, forbidden: { status: 403 } },
  },
  // `cdk deploy` makes this pool, and its issuer and client take the place of the policy's.
  site: { createUserPool: { groups: ['analysts'] } },
})
