/** Runs inside a sandbox: its `Date` is `ahead[0]` seconds ahead of the machine's, now and whenever that number changes. */
export function moveClock(ahead: Int32Array): void {
  const now = () => RealDate.now() + Atomics.load(ahead, 0) * 1000
  const RealDate = Date
  globalThis.Date = new Proxy(RealDate, {
    construct: (real, args, made) => Reflect.construct(real, args.length === 0 ? [now()] : args, made),
    apply: () => new RealDate(now()).toString(),
    get: (real, name) => (name === 'now' ? now : Reflect.get(real, name)),
  })
}
