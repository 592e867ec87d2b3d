import type { StageContext } from '../command/stage.ts'
import type { Check } from '../result/result.ts'
import type { Calibration } from './calibration-file.ts'
import type { Counter } from './measure/instructions.ts'
import type { Workbench } from './measure/workbench.ts'
import type { RequestSource } from './requests.ts'
import type { Settings } from './settings.ts'
import type { Side } from './sides/side.ts'

/** A check, and how much head costs more than base, as a fraction; of a figure without a base nothing. */
export interface Compared {
  check: Check
  growth?: number
}

/** What each part of the gate works on. */
export interface Part {
  base: Side
  head: Side
  bench: Workbench
  counter: Counter
  source: RequestSource
  settings: Settings
  calibration: Calibration | null
  context: StageContext
  /** `performance.now()` when the gate began. */
  began: number
}
