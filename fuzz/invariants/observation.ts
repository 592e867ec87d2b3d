/** What one answer showed: a finding in the making, or a note. */
import type { Rule } from '../../oracle/rules.ts'
import type { FindingClass, Severity } from '../finding.ts'

export interface Observation {
  class: FindingClass
  rule: Rule
  story: string
}

export interface Remark {
  rule: Rule
  story: string
}

/** CWE and severity of each class; a finding's own rule may make it worse, nothing makes it milder. */
export const classes: Record<FindingClass, { cwe: string; severity: Severity; title: string }> = {
  bypass: { cwe: 'CWE-863', severity: 'critical', title: 'a request passed that must be denied' },
  'request-forgery': { cwe: 'CWE-918', severity: 'high', title: 'a viewer decided what is fetched' },
  poisoning: { cwe: 'CWE-1321', severity: 'high', title: 'a request changed later decisions' },
  leak: { cwe: 'CWE-532', severity: 'high', title: 'a token or its claims reached where they do not belong' },
  'open-redirect': { cwe: 'CWE-601', severity: 'medium', title: 'a denial leads to a foreign site' },
  'header-injection': { cwe: 'CWE-113', severity: 'high', title: 'a viewer wrote header lines' },
  'log-injection': { cwe: 'CWE-117', severity: 'medium', title: 'a viewer wrote log lines' },
  'blinded-log': { cwe: 'CWE-778', severity: 'low', title: 'a flood of denials keeps another out of the log' },
  amplification: { cwe: 'CWE-405', severity: 'medium', title: 'cheap requests cause fetches' },
  exhaustion: { cwe: 'CWE-400', severity: 'high', title: 'a request costs far more than one of its size' },
  crash: { cwe: 'CWE-248', severity: 'medium', title: 'the handler threw, ended or never answered' },
  'invalid-result': { cwe: 'CWE-436', severity: 'medium', title: 'CloudFront refuses the result' },
  'false-denial': { cwe: 'CWE-703', severity: 'medium', title: 'a request was denied that must pass' },
  'unsafe-denial': { cwe: 'CWE-525', severity: 'low', title: 'a denial lacks what keeps it safe' },
}

/** More exact weaknesses than the class's own. */
const cweByRule: Partial<Record<Rule, string>> = {
  'token/alg': 'CWE-327',
  'token/signature': 'CWE-347',
  'token/signature-spelling': 'CWE-347',
  'token/kid': 'CWE-347',
  'token/crit': 'CWE-347',
  'token/b64': 'CWE-347',
  'claims/exp': 'CWE-613',
  'claims/iss': 'CWE-346',
  'paths/malformed': 'CWE-22',
  'paths/plus': 'CWE-41',
  'credentials/absent': 'CWE-306',
  'keys/withdrawn': 'CWE-324',
  'keys/too-old': 'CWE-324',
  'leak/response': 'CWE-201',
  'leak/fetch': 'CWE-201',
}

export function cweOf({ class: name, rule }: Observation): string {
  return name === 'bypass' || name === 'leak' || name === 'poisoning'
    ? (cweByRule[rule] ?? classes[name].cwe)
    : classes[name].cwe
}
