import type { Command } from 'commander'

export function registerEdge(program: Command): void {
  program
    .command('edge')
    .description('the local distribution, up and running on loopback')
    .option('--config <file>', 'configuration (default: edgeproof.config.ts, .js or .json here, else the demo)')
    .option('--policy <file>', "a policy as JSON, instead of the configuration's own")
    .option('--template <file>', 'a synthesized CloudFormation template (default: synthesized from the configuration)')
    .option('--port <number>', 'port of HTTP/1.1', '8787')
    .option('--tls-port <number>', 'port of HTTP/2 and HTTP/1.1 over TLS, with a certificate made for this run')
    .option('--certificate <file>', 'where the certificate of --tls-port is written, for clients to trust')
    .option('--profile <name>', 'cloudfront or rfc9111', 'cloudfront')
    .option('--pops <number>', 'points of presence', '1')
    .option('--objects <dir>', 'what the bucket holds (default: a few generated objects)')
    .option('--origin <url>', 'a plain HTTP origin instead of the local bucket')
    .option('--log <file>', "CloudFront's standard log, appended to")
    .option('--function-log <file>', "the functions' own output, appended to")
    .option('--enforce-https', 'redirect or refuse plain HTTP as the behaviors say')
    .option('--json', 'print the URLs and sample tokens as one JSON document')
    .action(async (options) => {
      const { serveEdge } = await import('./serve-edge.ts')
      await serveEdge(options)
    })
}
