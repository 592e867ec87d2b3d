/** The root of a function that increases over (low, high), by bisection to double precision. */
export function solve(increasing: (x: number) => number, low: number, high: number): number {
  let [below, above] = [low, high]
  for (let step = 0; step < 60; step++) {
    const middle = (below + above) / 2
    if (increasing(middle) < 0) below = middle
    else above = middle
  }
  return (below + above) / 2
}
