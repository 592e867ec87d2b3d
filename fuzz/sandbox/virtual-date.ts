import { createRequire } from 'node:module'
import type { Context } from 'node:vm'
import type { VirtualClock } from './virtual-clock.ts'

const require = createRequire(import.meta.url)

/** Replaces Date and what reads the wall clock through Intl, here and in contexts made later. */
export function installDate(clock: VirtualClock): void {
  const dateFor = (RealDate: DateConstructor): DateConstructor => {
    const VirtualDate = function (this: unknown, ...parameters: []) {
      if (new.target === undefined) return new RealDate(clock.now()).toString()
      return Reflect.construct(RealDate, parameters.length === 0 ? [clock.now()] : parameters, new.target)
    } as unknown as DateConstructor
    Object.defineProperties(VirtualDate, {
      ...Object.getOwnPropertyDescriptors(RealDate),
      now: { value: () => clock.now(), writable: true, configurable: true },
      prototype: { value: RealDate.prototype, writable: false },
    })
    Object.defineProperty(RealDate.prototype, 'constructor', { value: VirtualDate })
    return VirtualDate
  }
  globalThis.Date = dateFor(Date)

  const format = Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, 'format')
  const { formatToParts } = Intl.DateTimeFormat.prototype
  Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', {
    configurable: true,
    get() {
      const bound = format?.get?.call(this) as (date?: unknown) => string
      return (date?: unknown) => bound(date ?? clock.now())
    },
  })
  Intl.DateTimeFormat.prototype.formatToParts = function (date) {
    return formatToParts.call(this, date ?? clock.now())
  }

  const vm = require('node:vm') as typeof import('node:vm')
  const createContext = vm.createContext.bind(vm)
  const furnish = (context: Context) => {
    vm.runInContext('(install) => { globalThis.Date = install(Date) }', context)(dateFor)
    return context
  }
  const contextOf = (object: unknown) =>
    typeof object === 'object' && object !== null && vm.isContext(object)
      ? object
      : furnish(createContext(object as Context))
  vm.createContext = ((object?: Context, options?: object) =>
    furnish(createContext(object, options))) as typeof createContext
  vm.runInNewContext = (code, object, options) => vm.runInContext(code, contextOf(object), options as string)
  vm.Script.prototype.runInNewContext = function (object, options) {
    return this.runInContext(contextOf(object), options)
  }
}
