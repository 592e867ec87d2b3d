/** S3's ListObjects and ListObjectsV2 as far as a viewer could tell them from an object (Amazon S3 API Reference). */
import type { Objects } from './bucket-objects.ts'

/** The XML that S3 answers a request for the bucket itself with: the keys below the query's `prefix`. */
export function listing(objects: Objects, query: string): Buffer {
  const prefix = new URLSearchParams(query).get('prefix') ?? ''
  const contents = [...objects]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, { etag, body }]) =>
      element('Contents', element('Key', text(key)) + element('ETag', text(etag)) + size(body)),
    )
  const list = [element('Prefix', text(prefix)), ...contents].join('')
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${element('ListBucketResult', list)}`)
}

function size(body: Uint8Array): string {
  return element('Size', String(body.length))
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`
}

function text(value: string): string {
  return value.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
