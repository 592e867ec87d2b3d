import type { Command } from 'commander'

const several = (value: string, before: string[] = []) => [...before, value]

export function registerEdge(program: Command): void {
  program
    .command('edge')
    .description('the local distribution, up and running on loopback')
    .option('--config <file>', 'configuration (default: edgeproof.config.ts, .js or .json here, else the demo)')
    .option('--policy <file>', "a policy as JSON, instead of the configuration's own")
    .option(
      '--template <path>',
      'a CloudFormation or SAM template (JSON or YAML), or a cdk.out (default: the demo site)',
    )
    .option('--stack <name>', 'the stack, where several have a distribution')
    .option('--distribution <id>', 'logical id of the distribution, where there are several')
    .option('--parameters <key=value>', 'a parameter of the template; several times', several)
    .option('--import <name=value>', 'what another stack exports; several times', several)
    .option(
      '--value <reference=value>',
      'what a deployment gives for Resource or Resource.Attribute; several times',
      several,
    )
    .option('--handler <[id=]file>', "a file in a function's place; several times", several)
    .option('--watch', 'start again when the template, its functions or a handler change')
    .option('--port <number>', 'port of HTTP/1.1', '8787')
    .option('--tls-port <number>', 'port of HTTP/2 and HTTP/1.1 over TLS, with a certificate made for this run')
    .option('--certificate <file>', 'where the certificate of --tls-port is written, for clients to trust')
    .option('--profile <name>', 'cloudfront or rfc9111', 'cloudfront')
    .option('--pops <number>', 'points of presence', '1')
    .option(
      '--objects <[bucket=]dir>',
      'what a bucket holds (default: a few generated objects); several times',
      several,
    )
    .option('--origin <[id=]url>', 'the server in the place of an origin, or of all; several times', several)
    .option('--geo <country[,name=value...]>', 'where viewers are, as NL or NL,city=Delft')
    .option('--without-web-acl', 'serve what a web ACL of the template would block')
    .option('--allow-network', "let functions reach any host, not the issuer's alone")
    .option('--log <file>', "CloudFront's standard log, appended to")
    .option('--function-log <file>', "the functions' own output, appended to")
    .option('--plain-errors', 'say no more on error pages than CloudFront does')
    .option('--enforce-https', 'redirect or refuse plain HTTP as the behaviors say')
    .option('--json', 'print the URLs and sample tokens as one JSON document')
    .action(async (options) => {
      const { serveEdge } = await import('./serve-edge.ts')
      await serveEdge(options)
    })
}
