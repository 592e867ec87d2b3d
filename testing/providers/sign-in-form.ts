/** The page on which a person types a name and a password, without any script. */
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Account } from './sign-in-provider.ts'

export function signInForm(action: string, isWrong: boolean): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title>
<h1>Sign in</h1>${isWrong ? '<p role="alert">Incorrect username or password.</p>' : ''}
<form method="post" action="${action.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}">
<label>Username <input name="username" autocomplete="username"></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<button>Sign in</button></form></html>`
}

export async function formFields(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams(await text(request))
}

export function accountOf(accounts: readonly Account[], fields: URLSearchParams): Account | undefined {
  const [username, password] = [fields.get('username'), fields.get('password')]
  return accounts.find((account) => account.username === username && account.password === password)
}
