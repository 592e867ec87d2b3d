/** `edgeproof/infra`: the construct for a CDK app of one's own. */
export { bundleAuthorizer } from '../build/bundle.ts'
export type { NewUserPool, SiteConfig } from '../config/site-schema.ts'
export type { EdgeAuthorizedSiteProps } from './checked-props.ts'
export { EdgeAuthorizedSite } from './edge-authorized-site.ts'
