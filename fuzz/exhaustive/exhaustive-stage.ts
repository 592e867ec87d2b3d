/** `edgeproof fuzz exhaustive`: every combination within bounds, decided by the authorizer and by the oracle. */
import { type Stage, stageResult } from '../../command/stage.ts'
import { type Check, check } from '../../result/result.ts'
import { claimFamilies } from './claim-families.ts'
import { type Comparison, compare, createKeys, type Keys } from './compare.ts'
import { credentialFamilies } from './credential-families.ts'
import type { Family } from './family.ts'
import { keyFamilies } from './key-families.ts'
import { pathFamilies } from './path-families.ts'

export interface ExhaustiveOptions {
  /** Only families with this in their name. */
  family?: string
}

function familiesOf({ issuers: [own], other, rsa }: Keys): Family[] {
  if (!own) throw new Error('no key')
  return [...claimFamilies, ...keyFamilies(own, other, rsa), ...credentialFamilies, ...pathFamilies]
}

/** How often the progress line changes, in requests. */
const step = 1000

export const exhaustiveStage: Stage<ExhaustiveOptions> = ({ configFile, progress, signal }, { family: wanted = '' }) =>
  stageResult('fuzz', { config: configFile, family: wanted }, async () => {
    const keys = await createKeys()
    const families = familiesOf(keys).filter(({ name }) => name.includes(wanted))
    const comparisons: Comparison[] = []
    let requests = 0
    for (const [index, family] of families.entries()) {
      if (signal.aborted) break
      comparisons.push(
        await compare(family, keys, () => {
          if (++requests % step === 1) {
            progress.step(
              `family ${family.name}`,
              index + 1,
              families.length,
              `${requests.toLocaleString('en')} requests`,
            )
          }
          return !signal.aborted
        }),
      )
    }
    return {
      checks: checksOf(comparisons, families.length, signal.aborted),
      data: { differences: comparisons.flatMap(({ differences }) => differences).map((one) => ({ ...one })) },
      ...(signal.aborted ? { verdict: 'inconclusive' as const } : {}),
    }
  })

function checksOf(comparisons: readonly Comparison[], families: number, interrupted: boolean): Check[] {
  const sum = (of: (one: Comparison) => number) => comparisons.reduce((total, one) => total + of(one), 0)
  const count = (id: string, title: string, value: number) =>
    check({ id, title, value, unit: 'count', limit: null, direction: 'none' })
  const differences = comparisons.flatMap((one) => one.differences)
  const [first] = differences
  return [
    check({
      id: 'exhaustive.differences',
      title: 'requests that authorizer and oracle decide otherwise',
      value: sum(({ different }) => different),
      unit: 'count',
      limit: 0,
      direction: 'lower',
      ...(first ? { detail: `${first.family}: ${first.request}: ours ${first.ours}; oracle ${first.oracle}` } : {}),
    }),
    count(
      'exhaustive.equal',
      'requests that both decide alike',
      sum(({ equal }) => equal),
    ),
    count(
      'exhaustive.open',
      'requests that the rules leave open',
      sum(({ open }) => open),
    ),
    count('exhaustive.families', `families of requests${interrupted ? `, of ${families}` : ''}`, comparisons.length),
  ]
}
