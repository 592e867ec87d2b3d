import { type Changes, guardPlace, type OwnCookies } from './session-cookies.ts'

/** What keeps redirects from going round: sign-ins lately, when the last was, when the last refresh, and the hash of an `r` that was refused. */
export type Guard = readonly [count: number, signedInAt: number, refreshedAt: number, refused: string]

/** Seconds for which sign-ins count. */
export const guardWindow = 120
/** Seconds for which a refresh keeps off another one. */
export const refreshPause = 30
export const mostSignIns = 2

export function readGuard({ values }: OwnCookies): Guard {
  const [count, signedInAt, refreshedAt, refused = ''] = values[guardPlace]?.split('.') ?? []
  return [whole(count), whole(signedInAt), whole(refreshedAt), refused]
}

function whole(text: string | undefined): number {
  return Number(text) || 0
}

export function setGuard(changes: Changes, ...guard: Guard): void {
  changes[guardPlace] = [guard.join('.'), guardWindow]
}
