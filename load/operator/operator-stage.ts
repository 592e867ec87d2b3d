/** `edgeproof load operator`: writes the manifests of a run; nothing is sent. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Stage, stageResult } from '../../command/stage.ts'
import { typedCommand } from '../../command/typed-command.ts'
import { UsageError } from '../../config/usage-error.ts'
import { check } from '../../result/result.ts'
import { explainLoadTesting, isLoopback, loadTestingReasons } from '../distribution/load-testing-policy.ts'
import { forRealTarget, type RealTargetOptions, realTarget } from '../distribution/real-distribution.ts'
import { k6Options, peakRate, runDescription } from '../k6/k6-options.ts'
import { planFiles, script } from '../k6/run-k6.ts'
import type { LoadOptions } from '../load-stage.ts'
import { timelineOf } from '../population/key-windows.ts'
import { preflightHeaders } from '../population/request-classes.ts'
import { makePlan } from '../population/request-plan.ts'
import { scenarioNamed } from '../scenarios/catalogue.ts'
import { lengthOf } from '../scenarios/scenario.ts'
import { collectorOf, operatorManifests } from './manifests.ts'

export interface OperatorOptions extends LoadOptions, RealTargetOptions {
  iMayLoadTest?: string
  /** PersistentVolumeClaim that the runners write to. Default `edgeproof-results`. */
  resultsClaim?: string
}

export const operatorStage: Stage<OperatorOptions> = async ({ config, out, progress }, options) => {
  const scenario = forRealTarget(scenarioNamed(options.scenario ?? 'steady'))
  const { rate = scenario.rate, seconds = scenario.seconds, segments = 2, seed = 1, iMayLoadTest } = options
  const target = await realTarget(config.policy, options)
  const { host } = target.distribution
  if (isLoopback(host))
    throw new UsageError(`--target: ${host} is this machine, which no cluster reaches; name a distribution`)
  const explanation = explainLoadTesting(host, await loadTestingReasons(target.distribution), iMayLoadTest)
  if (iMayLoadTest === undefined) throw new UsageError(`--i-may-load-test: missing. ${explanation}`)
  progress.log(`load: ${explanation}`)
  return stageResult(
    'load',
    { engine: 'k6-operator', target: target.url, scenario: scenario.name, rate, seconds, segments, iMayLoadTest },
    async () => {
      const plan = await makePlan({
        scenario,
        ...target,
        timeline: timelineOf(scenario, seconds, target.policy),
        rate: peakRate(scenario, rate),
        seed,
        segments,
        longest: 50_000,
      })
      const settings = {
        target: target.url,
        renewal: null,
        preflight: preflightHeaders(target.policy),
        ...runDescription({ scenario, rate, seconds }),
      }
      const arrival = k6Options({ scenario, rate, seconds, resolveEachTime: true, selfSigned: false })
      const name = `edgeproof-${scenario.name}`
      const manifests = operatorManifests({
        name,
        parallelism: segments,
        script: readFileSync(script, 'utf8'),
        files: planFiles(plan, settings, arrival),
        resultsClaim: options.resultsClaim ?? 'edgeproof-results',
        ratePerRunner: peakRate(scenario, rate) / segments,
      })
      const directory = join(out, 'k6-operator')
      mkdirSync(directory, { recursive: true })
      // The Secret holds tokens.
      for (const [file, manifest] of Object.entries(manifests)) {
        writeFileSync(join(directory, file), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
      }
      const steps = kubectlSteps(name, directory, lengthOf(scenario, seconds))
      for (const step of steps) progress.log(step)
      return {
        checks: [
          check({
            id: 'load.manifests',
            title: 'manifests written; the steps stand above',
            value: directory,
            unit: '',
            limit: null,
            direction: 'none',
            detail: steps.join('\n'),
          }),
        ],
      }
    },
  )
}

/** From the manifests to a result, one line each. The operator itself has to be in the cluster. */
function kubectlSteps(name: string, directory: string, seconds: number): string[] {
  const file = (manifest: string) => `-f ${join(directory, manifest)}`
  const collector = collectorOf(name)
  // Images are pulled, and each runner makes its virtual users, before the first request.
  const minutes = Math.ceil(seconds / 60) + 10
  return [
    `kubectl apply ${['claim.json', 'configmap.json', 'secret.json', 'testrun.json'].map(file).join(' ')}`,
    `kubectl wait testrun/${name} --for=jsonpath='{.status.stage}'=finished --timeout=${minutes}m`,
    `kubectl apply ${file('collector.json')} && kubectl wait pod/${collector} --for=condition=Ready --timeout=5m`,
    `kubectl cp ${collector}:/results ${join(directory, 'results')}`,
    typedCommand(`load merge ${join(directory, 'results')}/*.json.gz`),
    `kubectl delete -f ${directory}    # the claim and the tokens too`,
  ]
}
