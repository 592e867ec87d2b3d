/** The Lambda entry: reads the configuration that the build put before the program. */
import { createEdgeAuthorizer } from './authorizer.ts'
import type { EdgeConfiguration } from './configuration.ts'

declare const EDGEPROOF_CONFIGURATION: EdgeConfiguration
declare const exports: Record<string, unknown>

// CommonJS written by hand: a bundler's own export costs 400 bytes of interoperability that nobody uses here.
exports.handler = createEdgeAuthorizer(EDGEPROOF_CONFIGURATION.policy, EDGEPROOF_CONFIGURATION).handler
