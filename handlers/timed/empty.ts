/** The floor of INIT: a handler that needs nothing. */
import type { Handler } from './deployment.ts'

export const handler: Handler = async (event) => event.Records[0]?.cf.request ?? { status: '400' }
