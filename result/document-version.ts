/** Documents of other versions of edgeproof: an older one is brought up to date step by step, a newer one is refused. */
import { UsageError } from '../config/usage-error.ts'

/** From version n to n + 1. */
export type Migrations = Readonly<Record<number, (document: Record<string, unknown>) => Record<string, unknown>>>

/**
 * A document whose `schema` is `edgeproof/<name>@<version>`, as of version `current`.
 *
 * @throws UsageError in one line where it is none, or from a newer edgeproof.
 */
export function upToDate(json: unknown, current: number, migrations: Migrations): Record<string, unknown> {
  const [, name, version] = schemaOf(json).match(/^edgeproof\/([a-z]+)@([1-9]\d*)$/) ?? []
  if (name === undefined) throw new UsageError('not a document of edgeproof')
  if (Number(version) > current) {
    throw new UsageError(
      `version ${version} was written by a newer edgeproof, this one reads up to ${current}; update it`,
    )
  }
  let document = json as Record<string, unknown>
  for (let from = Number(version); from < current; from += 1) {
    const migrate = migrations[from]
    if (!migrate) throw new UsageError(`version ${from} can no longer be read`)
    document = { ...migrate(document), schema: `edgeproof/${name}@${from + 1}` }
  }
  return document
}

function schemaOf(json: unknown): string {
  return typeof json === 'object' && json !== null && 'schema' in json ? String(json.schema) : ''
}
