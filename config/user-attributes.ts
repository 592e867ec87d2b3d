/**
 * OpenID Connect Core 5.1, as far as a person says it of himself. 5.7: of all claims only `iss` and `sub` together are a stable name of
 * a user. Cognito API Reference, UserPoolClientType, WriteAttributes: without a list of its own an app client may write all of
 * these, and with it each of its users those of himself.
 */
const standardAttributes = new Set([
  ...['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture'],
  ...['website', 'email', 'gender', 'birthdate', 'zoneinfo', 'locale', 'phone_number', 'address', 'updated_at'],
])

/** Whether the user behind a token may choose this claim himself: of a Cognito user pool, what its app client may write. */
export function isWrittenByUsers(claim: string, isCognito: boolean): boolean {
  return standardAttributes.has(claim) || (isCognito && claim.startsWith('custom:'))
}
