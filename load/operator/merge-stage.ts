/** `edgeproof load merge`: one result from the JSON output of several k6, as the operator's runners write it. */
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { type Stage, stageResult } from '../../command/stage.ts'
import { objectivesOf } from '../../config/objectives-schema.ts'
import { UsageError } from '../../config/usage-error.ts'
import { type K6Event, k6EventReader, type Sample } from '../k6/sample.ts'
import { loadChecks } from '../load-checks.ts'
import { runData } from '../load-run.ts'
import { Measurement, merged } from '../measurement/measurement.ts'
import { TimeSeries } from '../measurement/time-series.ts'
import { scenarioNamed } from '../scenarios/catalogue.ts'
import { lengthOf, warmUpOf } from '../scenarios/scenario.ts'

export interface MergeOptions {
  /** k6's JSON output, gzipped or not. */
  files: string[]
  /** As in the run. Default `steady`. */
  scenario?: string
  seconds?: number
}

export const mergeStage: Stage<MergeOptions> = async ({ config, signal }, options) => {
  const scenario = scenarioNamed(options.scenario ?? 'steady')
  const { files, seconds = scenario.seconds } = options
  return stageResult('load', { scenario: scenario.name, seconds, merged: files }, async () => {
    // The runners start together, but their files tell only when each one's first answer came.
    const first = Math.min(...(await Promise.all(files.map(firstAnswer))))
    const warmUpSeconds = warmUpOf(scenario, seconds)
    const warmUpEnds = first + warmUpSeconds * 1000
    const series = new TimeSeries(lengthOf(scenario, seconds), warmUpSeconds)
    series.begin(first)
    const parts: Measurement[] = []
    for (const file of files) {
      signal.throwIfAborted()
      parts.push(await measure(file, series, (sample) => sample.at < warmUpEnds))
    }
    const run = {
      measured: merged(parts),
      join: null,
      series: series.toDocument(),
      machine: { foreign: null, steal: null, ownSeconds: 0, k6Seconds: 0 },
      memory: { held: [], k6: [] },
      ends: [],
      seconds,
      interrupted: false,
    }
    const checks = loadChecks({ run, scenario, objectives: objectivesOf(config.objectives), seconds: 0 })
    return { checks, data: JSON.parse(JSON.stringify(runData(run))) }
  })
}

async function measure(file: string, series: TimeSeries, isWarmUp: (sample: Sample) => boolean): Promise<Measurement> {
  const part = new Measurement()
  await readEvents(file, (event) => {
    if (event.kind === 'dropped') {
      part.dropped += event.count
      series.addDropped(event.at, event.count)
    } else if (event.kind === 'sample') {
      part.add(event.sample, isWarmUp(event.sample))
      series.addSample(event.sample)
    }
  })
  return part
}

async function firstAnswer(file: string): Promise<number> {
  let first = Number.POSITIVE_INFINITY
  await readEvents(file, (event) => {
    if (event.kind === 'sample') first = Math.min(first, event.sample.at)
  })
  if (first === Number.POSITIVE_INFINITY)
    throw new UsageError(`${file}: holds no sample of edgeproof's script; k6 writes them with --out json=FILE`)
  return first
}

async function readEvents(file: string, onEvent: (event: K6Event) => void): Promise<void> {
  const read = k6EventReader(onEvent)
  const raw = createReadStream(file)
  const input = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw
  // pipe() hands no error on.
  raw.on('error', (error) => input.destroy(error))
  try {
    for await (const chunk of input) read(chunk as Buffer)
  } catch (error) {
    throw new UsageError(
      `${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`,
    )
  }
}
