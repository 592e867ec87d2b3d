/** `edgeproof/infra`: the constructs for a CDK app of one's own. */
export type { OperationsConfig, SiteConfig } from '../config/site-schema.ts'
export type { NewUserPool } from '../config/user-pool-schema.ts'
export type { AuthorizerFunction } from './authorizer-function.ts'
export { EdgeAuthorizedSite, type EdgeAuthorizedSiteProps } from './edge-authorized-site.ts'
export { EdgeAuthorizer, type EdgeAuthorizerProps } from './edge-authorizer.ts'
export { SiteOperations, type SiteOperationsProps } from './operations/site-operations.ts'
export type { SiteBehavior } from './site-distribution.ts'
