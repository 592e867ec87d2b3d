/** Events that Lambda@Edge does not send: the answer is a denial, not an exception (SEMANTICS.md: Order, 1). */

import type { World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { request } from './request-step.ts'
import { issuedToken } from './tokens.ts'

type Edit = (event: MutableEvent) => unknown
interface MutableEvent {
  Records: [
    {
      cf: { config: Record<string, unknown>; request: Record<string, unknown> & { headers: Record<string, unknown> } }
    },
  ]
}

const shapes: readonly { name: string; edit: Edit }[] = [
  { name: 'null', edit: () => null },
  { name: 'empty', edit: () => ({}) },
  { name: 'string', edit: () => 'event' },
  { name: 'array', edit: () => [] },
  { name: 'no-records', edit: () => ({ Records: [] }) },
  { name: 'records-null', edit: () => ({ Records: null }) },
  { name: 'two-records', edit: (event) => ({ Records: [...event.Records, ...event.Records] }) },
  { name: 'no-cf', edit: () => ({ Records: [{}] }) },
  { name: 'no-request', edit: () => ({ Records: [{ cf: {} }] }) },
  { name: 'request-null', edit: () => ({ Records: [{ cf: { request: null } }] }) },
  { name: 'no-config', edit: ({ Records: [{ cf }] }) => ({ Records: [{ cf: { request: cf.request } }] }) },
  { name: 'no-uri', edit: changed({ uri: undefined }) },
  { name: 'uri-number', edit: changed({ uri: 1 }) },
  { name: 'uri-array', edit: changed({ uri: ['/public/a.txt'] }) },
  { name: 'uri-null', edit: changed({ uri: null }) },
  { name: 'no-method', edit: changed({ method: undefined }) },
  { name: 'method-array', edit: changed({ method: ['GET'] }) },
  { name: 'no-headers', edit: changed({ headers: undefined }) },
  { name: 'headers-null', edit: changed({ headers: null }) },
  { name: 'headers-array', edit: changed({ headers: [] }) },
  { name: 'header-null', edit: withHeaders({ authorization: null }) },
  { name: 'header-string', edit: withHeaders({ authorization: 'Bearer x' }) },
  { name: 'header-object', edit: withHeaders({ authorization: { value: 'Bearer x' } }) },
  { name: 'header-no-value', edit: withHeaders({ authorization: [{ key: 'Authorization' }] }) },
  { name: 'header-value-null', edit: withHeaders({ authorization: [{ key: 'Authorization', value: null }] }) },
  { name: 'header-value-array', edit: withHeaders({ authorization: [{ key: 'Authorization', value: ['Bearer x'] }] }) },
  { name: 'header-no-key', edit: withoutHeaderKeys },
  { name: 'header-entry-null', edit: withHeaders({ authorization: [null] }) },
  { name: 'header-other-case', edit: upperCaseHeaders },
  { name: 'no-querystring', edit: changed({ querystring: undefined }) },
  {
    name: 'with-body',
    edit: changed({ body: { inputTruncated: false, action: 'read-only', encoding: 'base64', data: 'e30=' } }),
  },
  {
    name: 'with-origin',
    edit: changed({
      origin: { s3: { domainName: 'bucket.s3.amazonaws.com', path: '', authMethod: 'none', customHeaders: {} } },
    }),
  },
  {
    name: 'origin-request',
    edit: (event) => {
      event.Records[0].cf.config.eventType = 'origin-request'
      return event
    },
  },
  {
    name: 'api-gateway',
    edit: () => ({
      version: '2.0',
      rawPath: '/public/a.txt',
      headers: { authorization: 'Bearer x' },
      requestContext: { http: { method: 'GET' } },
    }),
  },
]

function changed(fields: Record<string, unknown>): Edit {
  return (event) => {
    Object.assign(event.Records[0].cf.request, fields)
    return event
  }
}

function withHeaders(headers: Record<string, unknown>): Edit {
  return (event) => {
    Object.assign(event.Records[0].cf.request.headers, headers)
    return event
  }
}

function withoutHeaderKeys(event: MutableEvent): MutableEvent {
  for (const entries of Object.values(event.Records[0].cf.request.headers) as { key?: string }[][]) {
    for (const entry of entries) delete entry.key
  }
  return event
}

function upperCaseHeaders(event: MutableEvent): MutableEvent {
  const { request } = event.Records[0].cf
  request.headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, entries]) => [name.toUpperCase(), entries]),
  )
  return event
}

export const eventShapeAttacks: Attack[] = shapes.map(({ name, edit }) => ({
  name: `event-${name}`,
  class: 'event-shape',
  source: 'CloudFront Developer Guide, "Lambda@Edge event structure"',
  build: (world) => ({
    steps: [
      { kind: 'request', event: edit(goodEvent(world)) },
      { kind: 'request', event: goodEvent(world) },
    ],
  }),
}))

function goodEvent(world: World): MutableEvent {
  const [visitor] = world.visitors
  const step = request(world, { uri: visitor.granted[0], token: issuedToken(world, visitor) })
  return (step as { event: unknown }).event as MutableEvent
}
