/**
 * How grave a finding is: a CVSS 4.0 base vector of who can do it and what comes of it (FIRST, "CVSS v4.0 Specification").
 * What is attacked is the handler and what it guards; another site, the provider and whoever reads the log are the
 * subsequent system.
 */
import calculator from 'ae-cvss-calculator'
import type { Cvss, FindingClass, Severity, Who } from '../finding.ts'

const exploitability: Readonly<Record<Who, string>> = {
  anyone: 'AV:N/AC:L/AT:N/PR:N/UI:N',
  'signed-in-user': 'AV:N/AC:L/AT:N/PR:L/UI:N',
  // A victim has to use that client, too.
  'another-client': 'AV:N/AC:L/AT:P/PR:L/UI:P',
  'browser-page': 'AV:N/AC:L/AT:N/PR:N/UI:A',
  'sibling-domain': 'AV:N/AC:L/AT:P/PR:N/UI:A',
  'log-reader': 'AV:N/AC:L/AT:P/PR:H/UI:P',
  issuer: 'AV:N/AC:H/AT:P/PR:H/UI:N',
  nobody: 'AV:N/AC:L/AT:N/PR:N/UI:N',
}

const impacts = {
  none: 'VC:N/VI:N/VA:N/SC:N/SI:N/SA:N',
  /** Files are read. */
  read: 'VC:H/VI:N/VA:N/SC:N/SI:N/SA:N',
  /** Files are read and written. */
  write: 'VC:H/VI:H/VA:N/SC:N/SI:N/SA:N',
  /** The victim acts in the attacker's session: he takes what he sees for his, and leaves there what he sends. */
  swap: 'VC:L/VI:L/VA:N/SC:N/SI:N/SA:N',
  someRead: 'VC:L/VI:N/VA:N/SC:N/SI:N/SA:N',
  someWrite: 'VC:N/VI:L/VA:N/SC:N/SI:N/SA:N',
  someAll: 'VC:L/VI:L/VA:L/SC:N/SI:N/SA:N',
  someOutage: 'VC:N/VI:N/VA:L/SC:N/SI:N/SA:N',
  someOutageElsewhere: 'VC:N/VI:N/VA:N/SC:N/SI:N/SA:L',
  browser: 'VC:N/VI:N/VA:N/SC:L/SI:L/SA:N',
  elsewhere: 'VC:N/VI:N/VA:N/SC:L/SI:N/SA:N',
} as const

const ofClass: Readonly<Record<FindingClass, keyof typeof impacts>> = {
  bypass: 'read',
  'request-forgery': 'elsewhere',
  poisoning: 'someAll',
  leak: 'read',
  'open-redirect': 'browser',
  'header-injection': 'browser',
  'log-injection': 'someWrite',
  'blinded-log': 'someWrite',
  amplification: 'someOutageElsewhere',
  exhaustion: 'someOutage',
  crash: 'someOutage',
  // CloudFront answers 502 to the one request.
  'invalid-result': 'none',
  'false-denial': 'someOutage',
  'unsafe-denial': 'browser',
}

/** What the class alone does not say of what comes of it. */
interface Circumstances {
  /** The policy lets methods pass that change files. */
  writes: boolean
  /** The handler threw: the one request has a 502 for its answer, no other suffers. */
  threw: boolean
  /** It comes to something only where a further step, which was not seen, goes along. */
  isHalfSeen: boolean
  /** Whoever does it sits at the victim's computer. */
  isAtComputer: boolean
}

export function cvssOf(name: FindingClass, who: Who, circumstances: Circumstances): Cvss {
  const { writes, threw, isHalfSeen, isAtComputer } = circumstances
  const impact = who === 'nobody' || (name === 'crash' && threw) ? 'none' : impactOf(name, who)
  const reached = isAtComputer ? exploitability[who].replace('AV:N', 'AV:P') : exploitability[who]
  const exploit = isHalfSeen ? reached.replace('AT:N', 'AT:P') : reached
  const vector = `CVSS:4.0/${exploit}/${impacts[name === 'bypass' && impact === 'read' && writes ? 'write' : impact]}`
  return { vector, score: scoreOf(vector) }
}

/** What lies in a victim's browser goes past no check of the attacker's requests. */
function impactOf(name: FindingClass, who: Who): keyof typeof impacts {
  return name === 'bypass' && (who === 'browser-page' || who === 'sibling-domain') ? 'swap' : ofClass[name]
}

const scores = new Map<string, number>()

function scoreOf(vector: string): number {
  const score = scores.get(vector) ?? new calculator.Cvss4P0(vector).calculateScores().overall
  scores.set(vector, score)
  return score
}

export function severityOf({ score }: Cvss): Severity {
  if (score >= 9) return 'critical'
  if (score >= 7) return 'high'
  if (score >= 4) return 'medium'
  return score > 0 ? 'low' : 'none'
}
