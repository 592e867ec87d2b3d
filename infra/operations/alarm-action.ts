import { Aws } from 'aws-cdk-lib'
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as sns from 'aws-cdk-lib/aws-sns'
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'

/** What is done with an alarm: a mail, where there is an address. An alarm's topic has to be in its own region. */
export function alarmAction(
  scope: Construct,
  id: string,
  email: string | undefined,
): (alarm: cloudwatch.Alarm) => void {
  if (email === undefined) return () => {}
  const topic = new sns.Topic(scope, id, { enforceSSL: true })
  topic.addSubscription(new subscriptions.EmailSubscription(email))
  // A topic policy of its own replaces the default one, which let CloudWatch in.
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  )
  return (alarm) => alarm.addAlarmAction(new actions.SnsAction(topic))
}
