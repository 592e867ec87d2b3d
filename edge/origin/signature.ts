/** Signature Version 4 for S3, as origin access control makes it and the bucket checks it. */
import aws4 from 'aws4'

export interface SigningIdentity {
  accessKeyId: string
  secretAccessKey: string
}

export interface Signed {
  method: string
  host: string
  path: string
  /** Present where a signature is to be made again: the values it was made with. */
  date?: string
  contentHash?: string
}

/** Host, x-amz-date and x-amz-content-sha256 are signed: what nothing on the way changes. */
export function signature(
  signed: Signed,
  identity: SigningIdentity,
): { date: string; contentHash: string; authorization: string } {
  const { method, host, path, date, contentHash } = signed
  const given = {
    ...(date !== undefined && { 'X-Amz-Date': date }),
    ...(contentHash !== undefined && { 'X-Amz-Content-Sha256': contentHash }),
  }
  const { headers = {} } = aws4.sign(
    { service: 's3', region: 'us-east-1', method, path: signablePath(path), headers: { Host: host, ...given } },
    identity,
  )
  return {
    date: String(headers['X-Amz-Date']),
    contentHash: String(headers['X-Amz-Content-Sha256']),
    authorization: String(headers.Authorization),
  }
}

/** The signer decodes paths; one that cannot be decoded is signed as it stands, and S3 refuses it for itself. */
function signablePath(path: string): string {
  try {
    decodeURIComponent(path)
    return path
  } catch {
    return `/${encodeURIComponent(path)}`
  }
}
