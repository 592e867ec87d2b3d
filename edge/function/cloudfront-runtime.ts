/** A CloudFront function inside a sandbox: events as they come over the wire, and what their results mean. */
import { cloudFrontEvent } from '../../testing/cloudfront-functions/event.ts'
import { type FunctionProgram, loadFunction } from '../../testing/cloudfront-functions/runtime.ts'
import type { EventType } from '../template/distribution.ts'
import { judgeCloudFrontResult } from './cloudfront-event.ts'
import type { DistributionIdentity, WireEvent } from './event-wire.ts'
import type { FunctionOutcome } from './function-result.ts'

export function loadCloudFrontFunction(
  program: FunctionProgram,
  eventType: EventType,
  distribution: DistributionIdentity,
): (event: WireEvent) => Promise<FunctionOutcome> {
  const run = loadFunction(program)
  return async (event) => {
    const given = cloudFrontEvent(event, eventType, distribution)
    return judgeCloudFrontResult(event, eventType, given, await run(given))
  }
}
