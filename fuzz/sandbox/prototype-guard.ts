/** Notices a change of the built-in prototypes, by which one request would decide later ones. */

const guarded = { Object, Array, String, Number, Boolean, Function, Map, Set, Promise, RegExp, Date, Buffer }

/**
 * Returns the changes since the last call, and undoes additions, so that each is reported once. What was assigned, and all of
 * Object.prototype, is seen at once; a property that was defined so that no loop shows it, elsewhere, where the call is `thorough`:
 * listing all names of all prototypes takes as long as a request. A replaced method is not looked for.
 */
export function guardPrototypes(): (thorough?: boolean) => string[] {
  const prototypes = Object.entries(guarded).map(([name, { prototype }]) => ({ name, prototype: prototype as object }))
  const before = prototypes.map(({ prototype }) => Object.getOwnPropertyDescriptors(prototype))
  const enumerable = prototypes.map(({ prototype }) => Object.keys(prototype).length)
  const all = before.map((descriptors) => Reflect.ownKeys(descriptors).length)
  const { ownKeys } = Reflect
  const { keys } = Object
  return (thorough = false) => {
    const changes: string[] = []
    for (const [index, { name, prototype }] of prototypes.entries()) {
      if (keys(prototype).length === enumerable[index]) {
        if (!thorough && prototype !== Object.prototype) continue
        if (ownKeys(prototype).length === all[index]) continue
      }
      for (const key of ownKeys(prototype)) {
        if (Object.hasOwn(before[index] ?? {}, key)) continue
        changes.push(`${name}.prototype.${String(key)}`)
        Reflect.deleteProperty(prototype, key)
      }
    }
    return changes
  }
}
