/**
 * CloudFront Functions: a script in a context of its own, without Node's globals, timers and network
 * (CloudFront Developer Guide, functions-javascript-runtime-features, functions-event-structure, source of 2023-06-15; for
 * runtime 2.0 and key value stores the pages of 2025). What the language of runtime 1.0 lacks is not taken away.
 */
import buffer from 'node:buffer'
import crypto from 'node:crypto'
import querystring from 'node:querystring'
import { createContext, Script } from 'node:vm'

export interface FunctionProgram {
  code: string
  runtime: string
  /** Null: no key value store is associated. */
  store: Readonly<Record<string, string>> | null
}

/** Loads a function anew; what comes back calls its handler with an event and gives its result. Throws what the code throws. */
export function loadFunction({ code, runtime, store }: FunctionProgram): (event: object) => unknown {
  const modules: Record<string, unknown> = {
    crypto: { createHash: crypto.createHash, createHmac: crypto.createHmac },
    querystring: {
      parse: querystring.parse,
      stringify: querystring.stringify,
      escape: querystring.escape,
      unescape: querystring.unescape,
    },
    ...(runtime === 'cloudfront-js-2.0' && { buffer: { Buffer: buffer.Buffer }, cloudfront: cloudFrontModule(store) }),
  }
  const context = createContext(
    {
      console: {
        log: (...values: unknown[]) => console.log(...values),
        error: (...values: unknown[]) => console.log(...values),
      },
      require: (name: string) => {
        if (name in modules) return modules[name]
        throw new Error(`Cannot find module '${name}' in ${runtime}`)
      },
      ...(runtime === 'cloudfront-js-2.0' && { Buffer: buffer.Buffer, atob, btoa }),
    },
    { codeGeneration: { strings: false, wasm: false } },
  )
  new Script(`'use strict';${withoutImports(code)}\n;globalThis.handler = handler`, {
    filename: 'function.js',
  }).runInContext(context)
  const handler = context.handler as (event: object) => unknown
  if (typeof handler !== 'function') throw new Error('the function has no handler')
  // Objects of the context's own kind, so that the function may compare constructors.
  const parse = new Script('(text) => JSON.parse(text)').runInContext(context) as (text: string) => object
  return (event) => handler(parse(JSON.stringify(event)))
}

/** A script has no imports; those of runtime 2.0 name the modules that `require` gives. */
function withoutImports(code: string): string {
  return code
    .replace(/(?<=^|;)[ \t]*import\s+(\w+)\s+from\s*(['"])([\w:-]+)\2;?/gm, "const $1 = require('$3');")
    .replace(/(?<=^|;)[ \t]*import\s*(\{[^}]*\})\s*from\s*(['"])([\w:-]+)\2;?/gm, "const $1 = require('$3');")
}

/** "Helper methods for key value stores": get, exists, count, meta. */
function cloudFrontModule(store: Readonly<Record<string, string>> | null) {
  const pairs = new Map(Object.entries(store ?? {}))
  return {
    kvs: () => {
      if (store === null) throw new Error('KVSNotAssociatedException: the function has no key value store')
      return {
        get: async (key: string, { format = 'string' }: { format?: string } = {}) => {
          const value = pairs.get(key)
          if (value === undefined) throw new Error(`KeyNotFound: the key ${key} does not exist`)
          return format === 'json' ? JSON.parse(value) : format === 'bytes' ? buffer.Buffer.from(value) : value
        },
        exists: async (key: string) => pairs.has(key),
        count: async () => pairs.size,
        meta: async () => ({ creationDateTime: '', lastUpdatedDateTime: '', keyCount: pairs.size }),
      }
    },
    updateRequestOrigin: unsupported('updateRequestOrigin'),
    selectRequestOriginById: unsupported('selectRequestOriginById'),
    createRequestOriginGroup: unsupported('createRequestOriginGroup'),
  }
}

function unsupported(name: string) {
  return () => {
    throw new Error(`cf.${name} is not emulated`)
  }
}
