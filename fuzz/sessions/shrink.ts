/** The shortest story that still shows the same, as far as leaving out goes. */
import type { Story } from './story.ts'

/** `shows`: plays it, and says whether the same is still seen. Stops after `tries`. */
export async function shrunk(story: Story, shows: (story: Story) => Promise<boolean>, tries = 120): Promise<Story> {
  let best = story
  let left = tries
  const take = async (next: Story): Promise<boolean> => {
    if (left-- <= 0 || !(await shows(next))) return false
    best = next
    return true
  }
  // Large pieces first, then smaller ones, then single actions until none can go.
  for (let size = Math.ceil(best.actions.length / 2); size >= 1 && left > 0; ) {
    let hasShrunk = false
    for (let at = best.actions.length - size; at >= 0; at -= size) {
      if (best.actions.length <= 1) break
      hasShrunk = (await take({ ...best, actions: best.actions.toSpliced(at, size) })) || hasShrunk
    }
    if (size > 1) size = Math.floor(size / 2)
    else if (!hasShrunk) break
  }
  for (const simpler of simplerWorlds(best)) await take(simpler(best))
  return best
}

/** Options that are left out, one at a time. */
function simplerWorlds({ provider = {} }: Story): ((story: Story) => Story)[] {
  return [
    ({ instances: _, ...story }) => story,
    ({ browsers: _, ...story }) => story,
    ...Object.keys(provider).map((name) => ({ provider: all = {}, ...story }: Story): Story => {
      const others = Object.fromEntries(Object.entries(all).filter(([other]) => other !== name))
      return Object.keys(others).length === 0 ? story : { ...story, provider: others }
    }),
  ]
}
