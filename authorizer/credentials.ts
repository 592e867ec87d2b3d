import type { Headers, ViewerRequest } from './cloudfront.ts'

/** Where a policy takes its token from, and how that token is taken out of a request. The query string never counts. */
export interface Credentials {
  /**
   * The text that may be the token, of several cookies of one name each; undefined where there is none, and empty where there is
   * what nobody can read.
   */
  read(headers: Headers): string | readonly string[] | undefined
  /** Removes the credential, and nothing else. */
  remove(request: ViewerRequest): void
}
