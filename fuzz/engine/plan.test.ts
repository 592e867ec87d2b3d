/** What two runs found, as one. */
import { expect, test } from 'vitest'
import type { Finding } from '../finding.ts'
import type { CampaignReport } from './campaign.ts'
import { merge } from './plan.ts'

function report(name: string, case_: object): CampaignReport {
  const finding = { id: 'leak/leak/log/log-reader', story: name, case: case_ } as unknown as Finding
  return { found: [finding], noted: [], unconfirmed: [], first: null } as unknown as CampaignReport
}

test('of one finding a request stays rather than a story, and of two requests the smaller one', () => {
  const story = report('story', { story: { actions: [] } })
  const long = report('long', { steps: ['GET', '/a/long/path'] })
  const short = report('short', { steps: ['GET', '/'] })
  const kept = (...reports: CampaignReport[]) => merge(reports).found.map((one) => one.story)
  expect([kept(long, story), kept(story, long), kept(long, short, story)]).toEqual([['long'], ['long'], ['short']])
})
