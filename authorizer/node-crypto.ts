/**
 * `node:crypto`, for what only some policies use: an import would stay in a bundle after all that needs it was left out. The module is
 * loaded anyway, to verify signatures.
 */
export function nodeCrypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto')
}

/** In base64url. */
export function sha256(text: string): string {
  return nodeCrypto().hash('sha256', text, 'base64url')
}
