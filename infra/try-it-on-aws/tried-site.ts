import type { Config } from '../../config/config.ts'

export const stackName = 'EdgeproofTryIt'

/** What is deployed: a pool, sign-in on CloudFront's own name, and access logs, in a region that is not the function's. */
export const triedSite = (region: string) =>
  ({
    policy: {
      issuer: 'https://issuer.example.com',
      clientIds: ['replaced'],
      requiredClaims: ['cognito:groups'],
      routes: [
        { path: '/public/*', public: true },
        { path: '/bye.html', public: true },
        { path: '/groups/{group}/*' },
        { path: '/users/{sub}/*' },
        { path: '/reports/*', groups: ['analysts'] },
      ],
      corsPreflight: true,
      corsOrigins: ['https://app.example.com'],
      signIn: {
        client: 'replaced',
        endpoints: { authorization: 'https://login.example.com/authorize', token: 'https://login.example.com/token' },
        afterSignOut: '/bye.html',
      },
    },
    site: {
      stackName,
      region,
      createUserPool: { groups: ['blue'], deletionProtection: false },
      accessLogs: { retentionDays: 1 },
    },
  }) satisfies Config
