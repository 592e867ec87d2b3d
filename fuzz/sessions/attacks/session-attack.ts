import type { Random } from '../../../statistics/seeded-random.ts'
import type { Site } from '../site.ts'
import type { Story } from '../story.ts'

/** A way in which sign-in can go wrong, as a story: who brings it about, and what comes of it. */
export interface SessionAttack {
  /** As SEMANTICS.md's protocol counts them: 1 to 42. */
  number: number
  name: string
  story: string
  who: string
  gives: string
  /** Null where the site has not what it takes. */
  build(site: Site, random: Random): Omit<Story, 'name'> | null
}
