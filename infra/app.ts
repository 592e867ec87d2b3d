/**
 * The CDK app that cdk.json names. Context: `config=FILE` chooses the configuration, `snapshot=true` bakes in the keys of
 * a pool that exists, `accessLogs=false` leaves the access logs out.
 */
import { App } from 'aws-cdk-lib'
import { reportFailure } from '../command/run-stage.ts'
import { loadConfig } from '../config/load-config.ts'
import { buildSite } from './site-app.ts'

try {
  const app = new App()
  const file: unknown = app.node.tryGetContext('config')
  const { config } = await loadConfig(typeof file === 'string' ? { config: file } : {})
  await buildSite(app, config)
  app.synth()
} catch (error) {
  reportFailure(error)
}
