/**
 * The issuer of a user pool, as its tokens name it: `https://cognito-idp.<region>.amazonaws.com/<pool id>`
 * (Cognito Developer Guide, "Verifying JSON web tokens"). The ARN's form was checked when the configuration was read.
 */
export function issuerOfPool(arn: string): string {
  const [, , , region, , resource] = arn.split(':')
  return `https://cognito-idp.${region}.amazonaws.com/${resource?.slice('userpool/'.length)}`
}
