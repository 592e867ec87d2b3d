/** The Lambda entry: reads the configuration that the build put before the program. */
import { createAuthorizer } from './authorizer.ts'
import type { EdgeConfiguration } from './configuration.ts'

declare const EDGEPROOF_CONFIGURATION: EdgeConfiguration

export const { handler } = createAuthorizer(EDGEPROOF_CONFIGURATION.policy, EDGEPROOF_CONFIGURATION)
