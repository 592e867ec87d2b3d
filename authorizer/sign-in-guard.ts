import { type OwnCookies, place, setCookie } from './session-cookies.ts'

/** What keeps redirects from going round: lately begun sign-ins, the last refresh, and the refresh token that was refused. Seconds. */
export interface Guard {
  count: number
  signedInAt: number
  refreshedAt: number
  refused: string
}

/** How long sign-ins count. */
const window = 120
/** How long a refresh keeps off another one. */
const pause = 30
const mostSignIns = 2

export function readGuard({ values }: OwnCookies): Guard {
  const [, count = '0', signedIn = '', refreshed = '', refused = ''] =
    /^(\d{1,3})\.([\da-z]{0,8})\.([\da-z]{0,8})\.([\w-]{0,16})$/.exec(values[place.guard] ?? '') ?? []
  return { count: Number(count), signedInAt: date(signedIn), refreshedAt: date(refreshed), refused }
}

function date(text: string): number {
  return text ? Number.parseInt(text, 36) : -Infinity
}

export function guardCookie({ count, signedInAt, refreshedAt, refused }: Guard): string {
  const [signedIn, refreshed] = [signedInAt, refreshedAt].map((time) => (time > 0 ? time.toString(36) : ''))
  return setCookie(place.guard, `${count}.${signedIn}.${refreshed}.${refused}`, window)
}

/** The session is not kept: more sign-ins would only be more of the same. */
export function isGoingRound({ count, signedInAt }: Guard, now: number): boolean {
  return count >= mostSignIns && now - signedInAt < window
}

export function signedInOnceMore(guard: Guard, now: number): Guard {
  const count = now - guard.signedInAt < window ? Math.min(guard.count + 1, 999) : 1
  return { count, signedInAt: now, refreshedAt: -Infinity, refused: '' }
}

export function mayRefresh({ refreshedAt, refused }: Guard, hash: string, now: number): boolean {
  return now - refreshedAt >= pause && refused !== hash
}
