import type { Edit, Flaw } from './flaw.ts'

const anyAlgorithm: Edit = [
  `if (typeof alg !== 'string' || !algorithms.includes(alg)) throw new Denied('unauthenticated', 'alg')`,
  `if (typeof alg !== 'string') throw new Denied('unauthenticated', 'alg')`,
]

/** HMAC tokens are checked with this expression over `key`, whatever the key is. */
function hmacOver(secret: string): Edit[] {
  return [
    anyAlgorithm,
    [
      `  if (!fits(alg, key)) return false`,
      `  if (alg.startsWith('HS')) {
    const secret = ${secret}
    return require('node:crypto').createHmac('sha' + alg.slice(2), secret).update(input).digest().equals(signature)
  }
  if (!fits(alg, key)) return false`,
    ],
  ]
}

/** PKCS #1 v1.5 by hand: `block` is the padded hash, `at` the place where its padding ends, `info` what should stand there. */
function paddingReadBy(accepts: string): Edit[] {
  return [
    [
      `  return verify(hash, data, key.object, signature)`,
      `  const block = require('node:crypto').publicDecrypt({ key: key.object, padding: rsa.RSA_NO_PADDING }, signature)
  const info = Buffer.concat([
    Buffer.from('003031300d060960864801650304020105000420', 'hex'),
    createHash('sha256').update(data).digest(),
  ])
  let at = 2
  while (block[at] === 0xff) at++
  return block[0] === 0 && block[1] === 1 && at >= 10 && ${accepts}`,
    ],
  ]
}

export const algorithmFlaws: readonly Flaw[] = [
  {
    name: 'alg-none-accepted',
    class: 'algorithm',
    cwe: 'CWE-347',
    source: 'GHSA-88q6-jcjg-hvmw',
    edits: [
      [`!algorithms.includes(alg)) throw`, `!(alg === 'none' || algorithms.includes(alg))) throw`],
      [`if (!verifySignature(`, `if (alg !== 'none' && !verifySignature(`],
    ],
  },
  {
    name: 'alg-none-block-listed-by-case',
    class: 'algorithm',
    cwe: 'CWE-178',
    source: 'RFC 8725 2.1',
    edits: [
      [`!algorithms.includes(alg)) throw`, `alg === 'none') throw`],
      [`if (!verifySignature(`, `if (alg.toLowerCase() !== 'none' && !verifySignature(`],
    ],
  },
  {
    name: 'signature-optional',
    class: 'signature',
    cwe: 'CWE-347',
    source: 'CVE-2020-28042',
    edits: [[`if (!verifySignature(`, `if (encodedSignature !== '' && !verifySignature(`]],
  },
  {
    name: 'decoded-not-verified',
    class: 'signature',
    cwe: 'CWE-347',
    source: 'RFC 8725 3.3',
    edits: [[`if (!verifySignature(`, `if (false && !verifySignature(`]],
  },
  {
    name: 'verified-without-awaiting',
    class: 'signature',
    cwe: 'CWE-252',
    source: 'RFC 8725 3.3',
    edits: [
      [
        `if (!verifySignature(`,
        `if (!(async (...all: Parameters<typeof verifySignature>) => verifySignature(...all))(`,
      ],
    ],
  },
  {
    name: 'hmac-with-public-pem',
    class: 'algorithm',
    cwe: 'CWE-327',
    source: 'CVE-2015-9235',
    edits: hmacOver(`key.object.export({ format: 'pem', type: 'spki' })`),
  },
  {
    name: 'hmac-with-trimmed-pem',
    class: 'algorithm',
    cwe: 'CWE-327',
    source: 'CVE-2016-10555',
    edits: hmacOver(`key.object.export({ format: 'pem', type: 'spki' }).toString().trim()`),
  },
  {
    name: 'hmac-with-pkcs1-pem',
    class: 'algorithm',
    cwe: 'CWE-327',
    source: 'CVE-2017-11424',
    edits: hmacOver(`key.object.export({ format: 'pem', type: 'pkcs1' })`),
  },
  {
    name: 'hmac-with-der',
    class: 'algorithm',
    cwe: 'CWE-327',
    source: 'CVE-2022-29217',
    edits: hmacOver(`key.object.export({ format: 'der', type: 'spki' })`),
  },
  {
    name: 'hmac-with-modulus',
    class: 'algorithm',
    cwe: 'CWE-327',
    source: 'RFC 8725 2.1',
    edits: hmacOver(`key.object.export({ format: 'jwk' }).n ?? ''`),
  },
  {
    name: 'hmac-with-empty-secret',
    class: 'algorithm',
    cwe: 'CWE-1391',
    source: 'CVE-2019-20933',
    edits: hmacOver(`process.env.JWT_SECRET ?? ''`),
  },
  {
    name: 'alg-chosen-by-token',
    class: 'algorithm',
    cwe: 'CWE-327',
    source: 'RFC 8725 3.1',
    edits: [anyAlgorithm, [`  if (declared !== undefined && declared !== alg) return false\n`, '']],
  },
  {
    name: 'alg-in-any-case',
    class: 'algorithm',
    cwe: 'CWE-178',
    source: 'RFC 7515 4.1.1',
    edits: [
      [`!algorithms.includes(alg)) throw`, `!algorithms.includes(alg.toUpperCase())) throw`],
      [`if (!verifySignature(alg, key,`, `if (!verifySignature(alg.toUpperCase(), key,`],
    ],
  },
  {
    name: 'alg-of-key-ignored',
    class: 'algorithm',
    cwe: 'CWE-327',
    source: 'RFC 7517 4.4',
    policy: { algorithms: ['RS256', 'PS256'] },
    edits: [[`  if (declared !== undefined && declared !== alg) return false\n`, '']],
  },
  {
    name: 'ecdsa-zero-accepted',
    class: 'signature',
    cwe: 'CWE-347',
    source: 'CVE-2022-21449',
    policy: { algorithms: ['ES256'] },
    edits: [
      [
        `  if (alg.startsWith('ES')) return verify(`,
        `  if (alg.startsWith('ES') && signature.every((octet) => octet === 0)) return true\n  if (alg.startsWith('ES')) return verify(`,
      ],
    ],
  },
  {
    name: 'ecdsa-half-zero-accepted',
    class: 'signature',
    cwe: 'CWE-347',
    source: 'CVE-2022-24884',
    policy: { algorithms: ['ES256'] },
    edits: [
      [
        `  if (alg.startsWith('ES')) return verify(`,
        `  if (alg.startsWith('ES') && signature.subarray(signature.length / 2).every((octet) => octet === 0)) return true\n  if (alg.startsWith('ES')) return verify(`,
      ],
    ],
  },
  {
    name: 'ecdsa-der-accepted',
    class: 'signature',
    cwe: 'CWE-347',
    source: 'CVE-2024-42461',
    policy: { algorithms: ['ES256'] },
    edits: [
      [`  if (signature.length !== signatureLength(alg, key.object)) return false\n`, ''],
      [
        `  if (alg.startsWith('ES')) return verify(`,
        `  if (alg.startsWith('ES') && signature[0] === 0x30) return verify(hash, data, key.object, signature)\n  if (alg.startsWith('ES')) return verify(`,
      ],
    ],
  },
  {
    name: 'rsa-leading-zeros-accepted',
    class: 'signature',
    cwe: 'CWE-347',
    source: 'CVE-2020-14968',
    edits: [
      [`  if (signature.length !== signatureLength(alg, key.object)) return false\n`, ''],
      [
        `  return verify(hash, data, key.object, signature)`,
        `  return verify(hash, data, key.object, signature.subarray(-signatureLength(alg, key.object)))`,
      ],
    ],
  },
  {
    name: 'rsa-padding-not-checked',
    class: 'signature',
    cwe: 'CWE-347',
    source: 'CVE-2021-30246',
    edits: [
      [
        `  return verify(hash, data, key.object, signature)`,
        `  const block = require('node:crypto').publicDecrypt({ key: key.object, padding: rsa.RSA_NO_PADDING }, signature)\n  return block.includes(createHash(hash ?? 'sha256').update(data).digest())`,
      ],
    ],
  },
  {
    name: 'rsa-garbage-after-hash',
    class: 'signature',
    cwe: 'CWE-347',
    source: 'CVE-2022-24772',
    edits: paddingReadBy(`block.subarray(at, at + info.length).equals(info)`),
  },
  {
    name: 'rsa-parameters-not-read',
    class: 'signature',
    cwe: 'CWE-347',
    source: 'CVE-2022-24771',
    edits: paddingReadBy(`block[at] === 0 && block.subarray(-34).equals(info.subarray(-34))`),
  },
  {
    name: 'ecdsa-longer-accepted',
    class: 'signature',
    cwe: 'CWE-347',
    source: 'CVE-2024-42459',
    policy: { algorithms: ['ES256'] },
    edits: [
      [`if (signature.length !== signatureLength(`, `if (signature.length < signatureLength(`],
      [
        `{ key: key.object, dsaEncoding: 'ieee-p1363' }, signature)`,
        `{ key: key.object, dsaEncoding: 'ieee-p1363' }, signature.subarray(0, signatureLength(alg, key.object)))`,
      ],
    ],
  },
  {
    name: 'algorithm-of-token-where-key-has-none',
    class: 'algorithm',
    cwe: 'CWE-347',
    source: 'CVE-2026-22817, CVE-2026-22818',
    edits: [
      [
        `  if (typeof alg !== 'string' || !algorithms.includes(alg)) throw new Denied('unauthenticated', 'alg')\n`,
        `  if (typeof alg !== 'string' || !(/^HS/.test(alg) || algorithms.includes(alg))) throw new Denied('unauthenticated', 'alg')\n`,
      ],
      [
        `  if (!fits(alg, key)) return false\n`,
        `  if (key.alg === undefined && alg.startsWith('HS')) {
    const secret = key.object.export({ type: 'spki', format: 'pem' })
    return require('node:crypto').createHmac(\`sha\${alg.slice(2)}\`, secret).update(input).digest().equals(signature)
  }
  if (!fits(alg, key)) return false\n`,
      ],
    ],
  },
]
