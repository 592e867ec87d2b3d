/** A finding with what follows from its class, its rule and who can do it. */
import { createHash } from 'node:crypto'
import type { Policy } from '../../authorizer/policy.ts'
import { typedCommand } from '../../command/typed-command.ts'
import { withDefaults } from '../../config/policy-defaults.ts'
import type { Finding, FindingClass } from '../finding.ts'
import { classTexts, findingTexts } from './finding-texts.ts'
import { cvssOf, severityOf } from './severity.ts'

/** What has to be said of a finding; `of`: what a poisoning made wrong, where that is another class. */
export type FindingFacts = Omit<Finding, 'id' | 'severity' | 'cvss' | 'cwe' | 'replay'> & { of?: FindingClass }

export function findingOf({ of, ...facts }: FindingFacts): Finding {
  const { class: name, rule, who, answer, case: fuzzCase } = facts
  const id = idOf(facts)
  const cvss = cvssOf(of ?? name, who, {
    writes: writes(fuzzCase.policy),
    threw: answer.result.kind === 'threw',
    // Whether the callback goes where the login page was told to return to.
    isHalfSeen: rule === 'deny/location' && facts.cause === 'return',
    isAtComputer: rule === 'sign-in/signed-out',
  })
  return {
    id,
    ...facts,
    severity: severityOf(cvss),
    cvss,
    cwe: isExact(name) ? (findingTexts[rule].cwe ?? classTexts[name].cwe) : classTexts[name].cwe,
    replay: typedCommand(`fuzz replay fuzz-findings/${fileNameOf(id)}`),
  }
}

/** Classes of which one rule is broken in ways that have nothing to do with each other. */
const many: ReadonlySet<FindingClass> = new Set(['crash', 'invalid-result', 'unsafe-denial', 'exhaustion'])

/** Findings of one id are one: the first stands for all. */
export function idOf({ class: name, rule, who, cause = '' }: IdentifyingFacts): string {
  const digest = createHash('sha256').update(cause).digest('hex').slice(0, 8)
  return [name, rule, who, ...(many.has(name) && cause !== '' ? [digest] : [])].join('/')
}

type IdentifyingFacts = Pick<Finding, 'class' | 'rule' | 'who'> & { cause?: string }

/** Beside others in `fuzz-findings/`. */
export function fileNameOf(id: string): string {
  return `${id.replaceAll('/', '-')}.json`
}

function isExact(name: FindingClass): boolean {
  return ['bypass', 'leak', 'poisoning', 'unsafe-denial'].includes(name)
}

function writes(policy: Policy): boolean {
  return withDefaults(policy).methods.some((method) => ['PUT', 'POST', 'PATCH', 'DELETE'].includes(method))
}
