/** Counts cryptographic work that other threads are doing, so that the clock stands still for it. */
import { createRequire, syncBuiltinESMExports } from 'node:module'

const require = createRequire(import.meta.url)

type Method = (this: unknown, ...parameters: unknown[]) => unknown

/** Functions of node:crypto that work in a thread when their last parameter is a callback. */
const callbackMethods = [
  'checkPrime',
  'diffieHellman',
  'generateKey',
  'generateKeyPair',
  'generatePrime',
  'hkdf',
  'pbkdf2',
  'randomBytes',
  'randomFill',
  'scrypt',
  'sign',
  'verify',
]

/** Returns how many operations are under way. */
export function countPendingCrypto(): () => number {
  let pending = 0
  const crypto = require('node:crypto') as Record<string, unknown>
  for (const name of callbackMethods) {
    const method = crypto[name] as Method
    crypto[name] = function (this: unknown, ...parameters: unknown[]) {
      const callback = parameters.at(-1)
      if (typeof callback !== 'function') return method.apply(this, parameters)
      pending++
      parameters[parameters.length - 1] = (...results: unknown[]) => {
        pending--
        callback(...results)
      }
      return method.apply(this, parameters)
    }
  }
  const subtle = Object.getPrototypeOf(globalThis.crypto.subtle) as Record<string, unknown>
  for (const name of Object.getOwnPropertyNames(subtle)) {
    const method = Object.getOwnPropertyDescriptor(subtle, name)?.value as Method | undefined
    if (name === 'constructor' || typeof method !== 'function') continue
    subtle[name] = function (this: unknown, ...parameters: unknown[]) {
      const result = method.apply(this, parameters) as Promise<unknown>
      if (typeof result?.then !== 'function') return result
      pending++
      const settled = () => void pending--
      result.then(settled, settled)
      return result
    }
  }
  syncBuiltinESMExports()
  return () => pending
}
