import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, type Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import cdkJson from '../../cdk.json' with { type: 'json' }
import { buildSite } from '../site-app.ts'
import { plainPolicy, trivialProgram } from '../template-of.ts'

const outdir = mkdtempSync(join(tmpdir(), 'edgeproof-operations-'))
let app: App

beforeAll(async () => {
  app = new App({ outdir, analyticsReporting: false, context: cdkJson.context })
  const operations = { regions: ['eu-west-1'], logRetentionDays: 14, alarmEmail: 'operator@example.com' }
  await buildSite(app, { policy: plainPolicy, site: { operations, additionalMetrics: true } }, trivialProgram)
})
afterAll(() => rmSync(outdir, { recursive: true, force: true }))

function stack(name: string): Stack {
  return app.node.findChild(name) as Stack
}

const regions = ['us-east-1', 'eu-west-1']

test('each region has a stack of its own, deployed before the site', () => {
  expect(app.node.children.map(({ node }) => node.id).filter((id) => id.startsWith('Edgeproof'))).toEqual([
    'EdgeproofSite',
    ...regions.map((region) => `EdgeproofSite-Operations-${region}`),
    'EdgeproofSite-Dashboard',
  ])
  const before = app
    .synth()
    .getStackByName('EdgeproofSite')
    .dependencies.map(({ id }) => id)
  for (const region of regions) {
    expect(stack(`EdgeproofSite-Operations-${region}`).region).toBe(region)
    expect(before).toContain(`EdgeproofSite-Operations-${region}`)
  }
})

test.each(regions)('%s keeps the logs for a while and counts denials by reason, sampled or not', (region) => {
  const template = Template.fromStack(stack(`EdgeproofSite-Operations-${region}`))
  const [logGroup] = Object.keys(
    template.findResources('AWS::Logs::LogGroup', {
      Properties: { LogGroupName: '/edgeproof/EdgeproofSite', RetentionInDays: 14 },
    }),
  )
  template.hasResourceProperties('AWS::Logs::MetricFilter', {
    LogGroupName: { Ref: logGroup },
    FilterPattern: '{ $.edgeproof = "denied" }',
    MetricTransformations: [
      {
        MetricNamespace: 'Edgeproof/EdgeproofSite',
        MetricName: 'Denials',
        MetricValue: '$.count',
        Dimensions: [{ Key: 'Reason', Value: '$.reason' }],
      },
    ],
  })
})

test.each(regions)('%s alarms on errors, throttles, slowness, faults and missing keys, by mail', (region) => {
  const template = Template.fromStack(stack(`EdgeproofSite-Operations-${region}`))
  const [topic] = Object.keys(template.findResources('AWS::SNS::Topic'))
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'))
  expect(alarms.map(({ Properties }) => Properties.MetricName).sort()).toEqual([
    'Denials',
    'Denials',
    'Duration',
    'Errors',
    'Throttles',
  ])
  for (const { Properties } of alarms) {
    expect(Properties.AlarmActions).toEqual([{ Ref: topic }])
    expect(Properties.TreatMissingData).toBe('notBreaching')
    const [dimension] = Properties.Dimensions
    if (Properties.Namespace === 'AWS/Lambda') {
      expect(dimension).toEqual({ Name: 'FunctionName', Value: 'us-east-1.EdgeproofSite-authorizer' })
    } else expect(['fault', 'no-keys']).toContain(dimension.Value)
  }
  // The limit is five seconds.
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'Duration', Threshold: 2500 })
})

test('the function has the name that the alarms know, and logs where the filters look', () => {
  Template.fromStack(stack('EdgeproofSite')).hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'EdgeproofSite-authorizer',
    LoggingConfig: Match.objectLike({ LogGroup: '/edgeproof/EdgeproofSite' }),
  })
})

test('one dashboard shows every region, the cache hits where they are paid for, and one alarm watches 5xx', () => {
  const template = Template.fromStack(stack('EdgeproofSite-Dashboard'))
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'))
  const body = JSON.stringify(dashboard?.Properties.DashboardBody)
  for (const region of regions) expect(body).toContain(`Denials by reason, ${region}`)
  expect(body).toContain('CacheHitRate')
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: '5xxErrorRate',
    Namespace: 'AWS/CloudFront',
    Dimensions: Match.arrayWith([{ Name: 'Region', Value: 'Global' }]),
  })
})
