/** The functions of a behavior: where their code is, whether it can run here, and what stands in its place. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type * as z from 'zod'
import { UsageError } from '../../config/usage-error.ts'
import type { Assembly, FoundResource } from './assembly.ts'
import type { BehaviorFunctions, CloudFrontFunction, EdgeFunction, FunctionCode } from './distribution.ts'
import { Unresolved } from './intrinsics.ts'
import type { ResourceReader } from './resource-reader.ts'
import { type behaviorSchema, cloudFrontFunctionSchema, functionSchema, storeSchema } from './template-schema.ts'

/** Function's logical id → file in its place; `''` stands for the only function there is. */
export type Handlers = Readonly<Record<string, string>>

type BehaviorConfig = z.output<typeof behaviorSchema>

/** "The following Lambda features are not supported by Lambda@Edge" (edge-functions-restrictions, source of 2023-06-15). */
const notAtTheEdge = ['Environment', 'Layers', 'VpcConfig', 'DeadLetterConfig', 'ReservedConcurrentExecutions']

const moduleEndings = ['.js', '.mjs', '.cjs']

export class FunctionReader {
  readonly #assembly: Assembly
  readonly #reader: ResourceReader
  readonly #handlers: Handlers
  /** What its functions ask for and nobody gives them. */
  readonly notes = new Set<string>()
  readonly #seen = new Set<string>()
  readonly #stores = new Set<string>()

  constructor(assembly: Assembly, reader: ResourceReader, handlers: Handlers) {
    this.#assembly = assembly
    this.#reader = reader
    this.#handlers = handlers
  }

  /** `missing`: why one of them cannot run. */
  functionsOf(behavior: BehaviorConfig): { functions: BehaviorFunctions; missing: string[] } {
    const functions: BehaviorFunctions = {
      'viewer-request': null,
      'origin-request': null,
      'origin-response': null,
      'viewer-response': null,
    }
    const missing: string[] = []
    for (const { EventType: event, LambdaFunctionARN, IncludeBody } of behavior.LambdaFunctionAssociations) {
      const found = this.#lambda(LambdaFunctionARN, IncludeBody, `behavior ${behavior.PathPattern} (${event})`)
      if (typeof found === 'string') missing.push(found)
      else if (found) {
        this.#checkFree(functions, event, behavior)
        functions[event] = found
      }
    }
    for (const { EventType: event, FunctionARN } of behavior.FunctionAssociations) {
      const found = this.#cloudFront(FunctionARN)
      if (typeof found === 'string') missing.push(found)
      else if (event === 'origin-request' || event === 'origin-response') {
        missing.push(`CloudFront Functions do not run at ${event}`)
      } else if (found) {
        this.#checkFree(functions, event, behavior)
        functions[event] = found
      }
    }
    return { functions, missing }
  }

  /** "Each event type can have only one edge function association" (edge-functions-restrictions). */
  #checkFree(functions: BehaviorFunctions, event: keyof BehaviorFunctions, { PathPattern }: BehaviorConfig): void {
    if (functions[event]) this.#reader.problem(`behavior ${PathPattern}`, `has two functions at ${event}`)
  }

  /** A name that no function has is a mistake. */
  checkHandlers(): void {
    const named = Object.keys(this.#handlers).filter((id) => id !== '')
    const all = [...this.#seen, ...this.#stores].join(', ')
    for (const id of named) {
      if (!this.#seen.has(id) && !this.#stores.has(id))
        throw new UsageError(`--handler ${id}: no behavior uses a function of that name; there are ${all || 'none'}`)
    }
    if ('' in this.#handlers && this.#seen.size !== 1) {
      throw new UsageError(
        `--handler ${this.#handlers['']}: there are ${this.#seen.size} functions (${all}); write --handler ID=FILE`,
      )
    }
  }

  #lambda(reference: string, includeBody: boolean, where: string): EdgeFunction | string | null {
    const found = this.#functionOf(reference)
    if (!found) {
      // A function of somewhere else can only be stood in for.
      const id = /:function:([^:]+)/.exec(reference)?.[1] ?? reference
      this.#seen.add(id)
      const file = this.#handlers[id] ?? this.#handlers['']
      if (file === undefined) return `function ${id} is not in the template; pass --handler ${id}=FILE`
      return { kind: 'lambda', id, ...handlerFile(file), timeoutMs: 5000, memoryMb: 128, includeBody }
    }
    const id = this.#assembly.idOf(found.stack, found.logicalId)
    this.#seen.add(id)
    for (const property of notAtTheEdge) {
      if (found.stack.resolve(found.resource.Properties?.[property]) === undefined) continue
      this.notes.add(`function ${id}: ${property} is left out, and Lambda@Edge refuses a function that has it`)
    }
    const read = this.#reader.read(id, functionSchema)
    if (!read) return null
    const common = {
      kind: 'lambda' as const,
      id,
      timeoutMs: read.Timeout * 1000,
      memoryMb: read.MemorySize,
      includeBody,
    }
    const file = this.#handlers[id] ?? this.#handlers['']
    if (file !== undefined) return { ...common, ...handlerFile(file) }
    if (read.PackageType === 'Image' || read.Code.ImageUri !== undefined) {
      return `function ${id} is a container image, which Lambda@Edge does not run`
    }
    if (!read.Runtime.startsWith('nodejs')) {
      return `function ${id} has the runtime ${read.Runtime}, which does not run here; pass --handler ${id}=FILE`
    }
    const { module, name } = handlerParts(read.Handler)
    if (read.Code.ZipFile !== undefined) return { ...common, code: { inline: read.Code.ZipFile }, handler: name }
    const path = this.#codePath(found, read.Code)
    if (path === null) return `the code of function ${id} is not here (${where}); pass --handler ${id}=FILE`
    if (isDirectory(path) && !hasModule(path, module)) {
      return `${join(path, module)}: the module of function ${id} is not there; build it, or pass --handler ${id}=FILE`
    }
    const extraFiles = this.#writtenFiles(reference)
    return { ...common, code: { path, module, ...(extraFiles && { extraFiles }) }, handler: name }
  }

  /** From a version, an alias, a custom resource that passes a function on, or the function itself. */
  #functionOf(reference: string): FoundResource | null {
    const found = this.#assembly.find(reference)
    if (!found) return null
    const { Type, Properties = {} } = found.resource
    if (Type === 'AWS::Lambda::Function') return found
    const next = Properties.FunctionName ?? Properties.LambdaFunction
    if (next === undefined) return null
    const resolved = found.stack.resolve(next)
    return typeof resolved === 'string' && resolved !== reference ? this.#functionOf(resolved) : null
  }

  /** In the template's asset manifest, in the metadata that CDK and SAM leave, or beside the template. */
  #codePath(
    { stack, resource }: FoundResource,
    code: { S3Key?: string | undefined; Directory?: string | undefined },
  ): string | null {
    const { directory, assets } = stack.source
    const asset =
      code.S3Key === undefined ? undefined : (assets.get(code.S3Key) ?? assets.get(code.S3Key.replace(/\.zip$/, '')))
    const named = resource.Metadata?.['aws:asset:path']
    const candidates = [asset, typeof named === 'string' ? resolve(directory, named) : undefined]
    if (code.Directory !== undefined) candidates.push(resolve(directory, code.Directory))
    return candidates.find((path) => path !== undefined && existsSync(path)) ?? null
  }

  /**
   * What a custom resource writes into the function's package before it publishes a version: the type
   * Custom::LambdaCodeUpdate of cloudfront-authorization-at-edge puts its `Configuration` into configuration.json.
   */
  #writtenFiles(reference: string): Record<string, string> | null {
    const found = this.#assembly.find(reference)
    if (found?.resource.Type !== 'Custom::LambdaCodeUpdate') return null
    const text = found.stack.resolve(found.resource.Properties?.Configuration)
    if (typeof text === 'string') return { 'configuration.json': text }
    this.#reader.problem(`${found.logicalId}.Configuration`, text instanceof Unresolved ? text.reason : 'is no text')
    return null
  }

  #cloudFront(reference: string): CloudFrontFunction | string | null {
    const found = this.#assembly.find(reference)
    if (found?.resource.Type !== 'AWS::CloudFront::Function') {
      return `CloudFront Function ${/function\/([^/]+)$/.exec(reference)?.[1] ?? reference} is not in the template`
    }
    const id = this.#assembly.idOf(found.stack, found.logicalId)
    const read = this.#reader.read(id, cloudFrontFunctionSchema)
    if (!read) return null
    this.#seen.add(id)
    const { Runtime, KeyValueStoreAssociations } = read.FunctionConfig
    const file = this.#handlers[id] ?? this.#handlers['']
    const code = file === undefined ? read.FunctionCode : readFileSync(existing(file), 'utf8')
    const [association] = KeyValueStoreAssociations
    const store = association ? this.#store(association.KeyValueStoreARN) : null
    if (typeof store === 'string') return store
    return { kind: 'cloudfront', id, code, runtime: Runtime, store }
  }

  /** A store without a source is empty at first; one with a source in a bucket is read from the assembly's assets. */
  #store(reference: string): Record<string, string> | string | null {
    const found = this.#assembly.find(reference)
    if (!found) return `key value store ${reference} is not in the template`
    const id = this.#assembly.idOf(found.stack, found.logicalId)
    const source = this.#reader.read(id, storeSchema)?.ImportSource
    const file = this.#handlers[id]
    this.#stores.add(id)
    if (file === undefined && !source) return {}
    const asset = source && found.stack.source.assets.get(source.SourceArn.replace(/^arn:aws[^:]*:s3:::[^/]+\//, ''))
    const path = file === undefined ? asset : existing(file)
    if (path === undefined)
      return `the data of key value store ${id} is not here; pass --handler ${id}=FILE, a JSON document`
    return storePairs(readFileSync(path, 'utf8'), path)
  }
}

/** `{ "data": [{ "key", "value" }] }` (CloudFront Developer Guide, "File format for key-value pairs"). */
function storePairs(text: string, path: string): Record<string, string> {
  try {
    const { data } = JSON.parse(text) as { data: { key: string; value: string }[] }
    return Object.fromEntries(data.map(({ key, value }) => [key, String(value)]))
  } catch {
    throw new UsageError(`${path}: is no key value data; it should be {"data":[{"key":"…","value":"…"}]}`)
  }
}

/** `dir/file.name`: the module's path without its ending, and what it exports. */
function handlerParts(handler: string): { module: string; name: string } {
  const dot = handler.lastIndexOf('.')
  return dot < 0
    ? { module: handler, name: 'handler' }
    : { module: handler.slice(0, dot), name: handler.slice(dot + 1) }
}

function handlerFile(file: string): { code: FunctionCode; handler: string } {
  return { code: { path: existing(file), module: '' }, handler: 'handler' }
}

function existing(file: string): string {
  if (!existsSync(file)) throw new UsageError(`--handler ${file}: cannot be read (ENOENT)`)
  return resolve(file)
}

function isDirectory(path: string): boolean {
  return statSync(path).isDirectory()
}

function hasModule(directory: string, module: string): boolean {
  return moduleEndings.some((ending) => existsSync(join(directory, module + ending)))
}
