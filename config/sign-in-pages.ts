import type { EdgeSignIn } from '../authorizer/edge-policy.ts'
import type { SignInReason } from '../authorizer/sign-in-answers.ts'
import type { CompleteSignIn } from './policy-defaults.ts'

/** What the answers of a sign-in have besides what every denial has: nothing of them may be framed, or tell where the visitor was. */
export const signInHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}

/** The pages of a sign-in, by their reasons; the first is that of all other reasons. The edge adds a line with reason and request id. */
export function signInPages({ paths }: CompleteSignIn, home: string): EdgeSignIn['pages'] {
  const again = link(home, 'Try again')
  const out = link(paths.signOut, 'Sign out')
  const failed = 'You have not been signed in.'
  const later = 'You cannot be signed in at the moment. Please load this page again.'
  const pages: [SignInReason | '', number, string, string][] = [
    ['', 403, failed, again],
    ['state', 400, failed, again],
    ['parameters', 400, failed, again],
    ['cookies', 400, 'Your browser sent a cookie twice.', out],
    ['host', 421, 'This site has another address.', ''],
    ['session-not-kept', 403, 'Your browser did not keep the session. Allow cookies for this site.', again],
    ['confirm', 403, 'Do you want to sign out?', link(`${paths.signOut}?confirm=`, 'Sign out')],
    ...(['secret', 'token-endpoint', 'token-response', 'no-keys'] as const).map((reason): (typeof pages)[number] => [
      reason,
      503,
      later,
      '',
    ]),
  ]
  return pages.map(([reason, status, text, more]) => [reason, status, html(text, more)])
}

/** Of somebody who is signed in, and has not the right; also of a bearer, who sees the status. */
export function forbiddenPage({ paths }: CompleteSignIn): string {
  return html('You may not see this page.', link(paths.signOut, 'Sign out'))
}

function link(path: string, text: string): string {
  return `<p><a href="${path}">${text}</a>`
}

function html(text: string, more: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${text}</title><p>${text}${more}`
}
