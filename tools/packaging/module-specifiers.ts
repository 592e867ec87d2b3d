/** What a compiled module or its declaration imports, of every form that the compiler writes. */
const specifier = /(?<=(?:\bfrom |\bimport |\bimport\(|\bimport\.meta\.resolve\()(["']))([^"'\n]+)(?=\1)/g

export function specifiers(text: string): string[] {
  return [...text.matchAll(specifier)].flatMap(([, , name]) => (name === undefined ? [] : [name]))
}

export function replaceSpecifiers(text: string, replace: (name: string) => string): string {
  return text.replace(specifier, (name) => replace(name))
}

/** The package of a specifier such as `a/b` or `@a/b/c`; null for a path and for Node's own modules. */
export function packageOf(name: string): string | null {
  if (/^[./]|^node:|^#/.test(name)) return null
  return /^(?:@[\w.-]+\/)?[\w.-]+(?=\/|$)/.exec(name)?.[0] ?? null
}
