/** What the local bucket holds: a directory's files, given objects, or a few generated ones. */
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join, relative, resolve, sep } from 'node:path'
import { UsageError } from '../../config/usage-error.ts'

interface BucketObject {
  body: Uint8Array
  contentType: string
  /** Absent: the object has no Cache-Control, and the cache policy's default TTL counts. */
  cacheControl?: string
}

export interface StoredObject extends BucketObject {
  etag: string
  lastModified: Date
}

/** Key (no leading slash) → object. */
export type Objects = ReadonlyMap<string, StoredObject>

function storeObjects(objects: Iterable<readonly [string, BucketObject]>, lastModified = new Date()): Objects {
  const stored = new Map<string, StoredObject>()
  for (const [key, object] of objects) stored.set(key, storedObject(object, lastModified))
  return stored
}

/** Reads every file below a directory, keys being their relative paths. */
export async function readObjects(directory: string): Promise<Objects> {
  const root = resolve(directory)
  const names = await readdir(root, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${directory}: cannot be read (${error.code}); name a directory of objects`)
  })
  const stored = new Map<string, StoredObject>()
  for (const entry of names) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const contentType = contentTypes[extname(entry.name)] ?? 'binary/octet-stream'
    const object = { body: await readFile(file), contentType }
    stored.set(relative(root, file).split(sep).join('/'), storedObject(object, (await stat(file)).mtime))
  }
  return stored
}

/** A few objects under the demo configuration's routes, from 500 bytes to 1 MB. */
export function demoObjects(): Objects {
  const sizes = [500, 2_000, 20_000, 200_000, 1_000_000]
  const folders = ['public', 'users/alice', 'users/bob', 'groups/analysts', 'reports']
  return storeObjects(
    folders.flatMap((folder) =>
      sizes.map((size) => [`${folder}/${size}.txt`, { body: text(size, folder), contentType: 'text/plain' }] as const),
    ),
  )
}

function text(size: number, seed: string): Uint8Array {
  const line = `${createHash('sha256').update(seed).digest('hex')} ${seed}\n`
  return Buffer.from(line.repeat(Math.ceil(size / line.length)).slice(0, size))
}

function storedObject(object: BucketObject, lastModified: Date): StoredObject {
  const etag = `"${createHash('md5').update(object.body).digest('hex')}"`
  return { ...object, etag, lastModified }
}

const contentTypes: Record<string, string> = {
  '.css': 'text/css',
  '.csv': 'text/csv',
  '.gif': 'image/gif',
  '.html': 'text/html',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mp4': 'video/mp4',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.xml': 'application/xml',
}
