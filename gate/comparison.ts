import type { StageContext } from '../command/stage.ts'
import type { Calibration } from './calibration-file.ts'
import type { Counter } from './measure/instructions.ts'
import type { Workbench } from './measure/workbench.ts'
import type { RequestSource } from './requests.ts'
import type { Settings } from './settings.ts'
import type { Side } from './sides/side.ts'

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
}
