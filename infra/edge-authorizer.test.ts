import { App, Stack } from 'aws-cdk-lib'
import { Annotations, Match } from 'aws-cdk-lib/assertions'
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins'
import { beforeEach, expect, test } from 'vitest'
import { EdgeAuthorizer } from './edge-authorizer.ts'
import { plainPolicy, trivialProgram } from './template-of.ts'

let stack: Stack
beforeEach(() => {
  stack = new Stack(new App(), 'Own', { env: { region: 'us-east-1' } })
})

function warnings(props: Partial<cloudfront.DistributionProps>, pattern?: string): string[] {
  const distribution = new cloudfront.Distribution(stack, 'Distribution', {
    defaultBehavior: {
      origin: new origins.HttpOrigin('origin.example.com'),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
    },
    ...props,
  })
  const policy = { ...plainPolicy, routes: [{ path: '/', public: true }, { path: '/*' }], corsPreflight: true }
  new EdgeAuthorizer(stack, 'Authorizer', { policy, program: trivialProgram }).protect(distribution, pattern)
  const found = Annotations.fromStack(stack).findWarning('/Own/Authorizer', Match.stringLikeRegexp('protect'))
  return found.map(({ entry }) => String(entry.data).replace(/ \[ack:.*/, ''))
}

const preflight = 'protect: "*" does not allow OPTIONS: no preflight that the policy lets pass gets there'

test.each<[title: string, props: Partial<cloudfront.DistributionProps>, pattern: string | undefined, said: RegExp[]]>([
  [
    'a page for errors, which everybody gets',
    { errorResponses: [{ httpStatus: 403, responseHttpStatus: 200, responsePagePath: '/index.html' }] },
    undefined,
    [/^protect: \/index\.html is what everybody gets for 403: CloudFront serves it without asking the function$/],
  ],
  [
    'a behavior that takes http',
    {
      additionalBehaviors: {
        '/old/*': {
          origin: new origins.HttpOrigin('origin.example.com'),
          viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.ALLOW_ALL,
        },
      },
    },
    '/old/*',
    [/^protect: "\/old\/\*" takes http, which shows tokens to the network$/, /"\/old\/\*" does not allow OPTIONS/],
  ],
  [
    'a root that is served from an object of another route',
    { defaultRootObject: 'index.html' },
    undefined,
    [/^protect: policy\.routes\[0\]\.path: grants "\/", which CloudFront serves from \/index\.html/],
  ],
])('warns of %s', (_, props, pattern, said) => {
  const found = warnings(props, pattern).filter((warning) => pattern !== undefined || warning !== preflight)
  expect(found).toHaveLength(said.length)
  for (const [index, expected] of said.entries()) expect(found[index]).toMatch(expected)
})

test('a behavior that is not meant is not spoken of', () => {
  const origin = new origins.HttpOrigin('origin.example.com')
  const allowedMethods = cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS
  const viewerProtocolPolicy = cloudfront.ViewerProtocolPolicy.HTTPS_ONLY
  const additionalBehaviors = { '/files/*': { origin, allowedMethods, viewerProtocolPolicy } }
  expect(warnings({ additionalBehaviors }, '/files/*')).toEqual([])
})
