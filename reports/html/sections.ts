import { benchSection } from './bench-section.ts'
import { buildSection } from './build-section.ts'
import { capacitySection } from './capacity-section.ts'
import { effectivenessSection } from './effectiveness-section.ts'
import { fuzzSection } from './fuzz-section.ts'
import { gateSection } from './gate-section.ts'
import { loadSection } from './load/load-section.ts'
import { planSection } from './plan-section.ts'
import type { Section } from './section.ts'
import { signInSection } from './sign-in-section.ts'
import { sizeSection } from './size-section.ts'

/** In the order of the page: is it safe, does it hold, is it fast, is it small. */
export const sections: readonly Section[] = [
  fuzzSection,
  effectivenessSection,
  signInSection,
  loadSection,
  capacitySection,
  planSection,
  benchSection,
  gateSection,
  sizeSection,
  buildSection,
]
