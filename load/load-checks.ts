/** Judges a run: which figures count, what they must meet, and when they say nothing. */
import type { Objectives } from '../config/objectives-schema.ts'
import type { EdgeMetrics } from '../edge/log/counters.ts'
import type { Check } from '../result/result.ts'
import { droppedIterations, errorRatio, wrongAnswers } from './checks/answer-checks.ts'
import { edgeChecks } from './checks/edge-checks.ts'
import { endChecks, interruptedChecks } from './checks/end-checks.ts'
import { hitChecks } from './checks/hit-checks.ts'
import { joinChecks } from './checks/join-checks.ts'
import { lateness } from './checks/lateness.ts'
import { machineChecks, memoryChecks, noiseReason } from './checks/machine-checks.ts'
import { judgedByPolicy, timeChecks, withoutPolicy } from './checks/time-checks.ts'
import type { LoadRun } from './load-run.ts'
import { hitRatio } from './measurement/measurement.ts'
import { judgedFrom } from './measurement/memory.ts'
import type { Scenario } from './scenarios/scenario.ts'

export interface Judged {
  run: LoadRun
  scenario: Scenario
  objectives: Required<Objectives>
  /** Of the local edge, over the run. */
  edge?: EdgeMetrics
  /** The planned length in seconds. */
  seconds: number
}

export function loadChecks({ run, scenario, objectives, edge, seconds }: Judged): Check[] {
  const { measured, machine } = run
  const target = { ...objectives, ...scenario.objectives }
  const noise = noiseReason(machine, objectives)
  const unjudged = scenario.mix.unjudged !== undefined
  const checks = [
    errorRatio(measured, target.errorRatio),
    droppedIterations(measured, noise),
    ...(run.join ? joinChecks(run.join) : []),
    ...(unjudged && hitRatio(measured.counts) === null ? [] : hitChecks(measured, target.hitRatio)),
    ...lateness(measured, objectives.p99Ms, noise),
    ...timeChecks(measured, target.p99Ms, noise, unjudged ? withoutPolicy : judgedByPolicy),
    ...(edge ? edgeChecks(edge) : []),
    ...machineChecks(machine, objectives),
    ...(seconds >= judgedFrom ? memoryChecks(run, noise) : []),
  ]
  // A wrong answer is one however the run ended; for everything else a part of a run is not the run.
  const wrong = unjudged ? [] : [wrongAnswers(measured)]
  return [...endChecks(run), ...wrong, ...(run.interrupted ? interruptedChecks(checks) : checks)]
}
