import { type Judgement, may } from './judgement.ts'

/** A text that may be the token, with what there is against the way it was presented. */
export interface Presented {
  token: string
  judgements: Judgement[]
}

/** What one source holds. */
export interface SourceReading {
  /** What counts by the page, in order. Empty: the source is not present. */
  counted: Presented[]
  /** What somebody else may take for the token, each with the reason why it does not count. */
  others: Presented[]
  /** Why a handler may think otherwise about what is present. */
  doubts: Judgement[]
}

export function withJudgements(presented: readonly Presented[], more: readonly Judgement[]): Presented[] {
  return presented.map(({ token, judgements }) => ({ token, judgements: [...judgements, ...more] }))
}

const maxLength = 16_384

export function judgeSize(token: string): Judgement[] {
  return token.length > maxLength ? [may('credentials/size', 'the token is over 16,384 characters', 'deny')] : []
}
