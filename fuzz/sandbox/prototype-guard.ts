/** Notices a change of the built-in prototypes, by which one request would decide later ones. */

const guarded = { Object, Array, String, Number, Boolean, Function, Map, Set, Promise, RegExp, Date, Buffer }

/** Returns the changes since the last call, and undoes additions, so that each is reported once. */
export function guardPrototypes(): () => string[] {
  const before = new Map(
    Object.entries(guarded).map(([name, { prototype }]) => [
      name,
      Object.getOwnPropertyDescriptors(prototype as object),
    ]),
  )
  const counts = new Map([...before].map(([name, descriptors]) => [name, Reflect.ownKeys(descriptors).length]))
  return () => {
    const changes: string[] = []
    for (const [name, { prototype }] of Object.entries(guarded)) {
      // Counting keys is cheap enough for every request; a replaced method is not looked for.
      if (Reflect.ownKeys(prototype as object).length === counts.get(name)) continue
      for (const key of Reflect.ownKeys(prototype as object)) {
        if (Object.hasOwn(before.get(name) ?? {}, key)) continue
        changes.push(`${name}.prototype.${String(key)}`)
        Reflect.deleteProperty(prototype as object, key)
      }
    }
    return changes
  }
}
