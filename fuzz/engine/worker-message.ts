import type { FuzzCase } from '../case.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import type { CampaignOptions, CampaignProgress, CampaignReport } from './campaign.ts'
import type { StrategyName } from './strategy.ts'

/** What a worker thread is started with. */
export interface WorkerTask {
  tested: HandlerUnderTest
  strategy: StrategyName
  seed: string
  seconds?: number
  cases?: number
  corpus: readonly FuzzCase[]
  known: NonNullable<CampaignOptions['known']>
}

export type WorkerMessage =
  | { kind: 'progress'; progress: CampaignProgress }
  | { kind: 'report'; report: CampaignReport }
