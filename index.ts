/** The authorizer as a library: the same code that runs at the edge, for tests, other entry points and other clouds. */
export type { Authorizer, AuthorizerOptions, Decision } from './authorizer/authorizer.ts'
export type { GeneratedResponse, Headers, ViewerRequest, ViewerRequestEvent } from './authorizer/cloudfront.ts'
export type { JwksSnapshot } from './authorizer/configuration.ts'
export type { Reason } from './authorizer/denials.ts'
export type { CheckedPolicy } from './authorizer/library.ts'
export type {
  Algorithm,
  ForbiddenDenial,
  Policy,
  Provider,
  Route,
  RouteHash,
  UnauthenticatedDenial,
} from './authorizer/policy.ts'
export { type Config, defineConfig } from './config/config.ts'
export { checkPolicy, createAuthorizer } from './config/create-authorizer.ts'
export { UsageError } from './config/usage-error.ts'
export type { GateWorkload } from './gate/workload-suites.ts'
