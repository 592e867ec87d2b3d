import type { Who } from '../finding.ts'

/** Who can do it, for people. */
export const whoTitles: Readonly<Record<Who, string>> = {
  anyone: 'anyone',
  'signed-in-user': 'a signed-in user',
  'another-client': 'another client of the provider',
  'browser-page': "a page in the victim's browser",
  'sibling-domain': 'who runs a sibling domain',
  'log-reader': 'who reads the log',
  issuer: "only the issuer's side",
  nobody: 'nobody',
}
