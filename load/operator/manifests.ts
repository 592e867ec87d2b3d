/**
 * A run on Kubernetes: manifests for the k6 operator (https://github.com/grafana/k6-operator), which starts one k6 for
 * each execution segment. JSON is YAML, and kubectl reads it.
 */
import { UsageError } from '../../config/usage-error.ts'
import { k6Version } from '../k6/find-k6.ts'

export interface OperatorRun {
  /** Name of everything that is made. */
  name: string
  /** How many runners share the load. */
  parallelism: number
  /** Text of the script that k6 runs. */
  script: string
  /** The plan's files by name; `credentials.json` becomes a Secret. */
  files: Readonly<Record<string, string>>
  /** PersistentVolumeClaim that the runners write their samples to. */
  resultsClaim: string
  /** Requests per second of each runner, which its share of a machine is asked for by. */
  ratePerRunner: number
}

/** Objects above this are refused by the API server's store (Kubernetes, "ConfigMaps"). */
const mostBytes = 1_048_576

/** The manifests by file name, in the order in which to apply them. Throws a UsageError where the plan is too large. */
export function operatorManifests(run: OperatorRun): Record<string, object> {
  const { 'credentials.json': credentials = '[]', ...open } = run.files
  const manifests = {
    'claim.json': object('v1', 'PersistentVolumeClaim', run.resultsClaim, {
      // Every runner writes to it, on whichever node it is.
      spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '10Gi' } } },
    }),
    'configmap.json': object('v1', 'ConfigMap', run.name, { data: { 'script.ts': run.script, ...open } }),
    'secret.json': object('v1', 'Secret', run.name, { stringData: { 'credentials.json': credentials } }),
    'testrun.json': object('k6.io/v1alpha1', 'TestRun', run.name, { spec: testRun(run) }),
    'collector.json': object('v1', 'Pod', collectorOf(run.name), { spec: collector(run.resultsClaim) }),
  }
  for (const [file, manifest] of Object.entries(manifests)) {
    const bytes = Buffer.byteLength(JSON.stringify(manifest))
    if (bytes > mostBytes) {
      throw new UsageError(
        `${file}: would have ${bytes} bytes and Kubernetes takes ${mostBytes}; give fewer tokens, paths, or seconds`,
      )
    }
  }
  return manifests
}

/** What k6 runs in, of the version that the figures here come from. */
const k6Image = `grafana/k6:${k6Version.replace(/^v/, '')}`
const collectorImage = 'busybox:1.37.0'
/** The user that k6's image runs as, and so the group that the claim has to be writable for. */
const k6User = 12_345

export function collectorOf(name: string): string {
  return `${name}-collector`
}

/** Holds the claim open for `kubectl cp` after the runners have ended. */
function collector(claimName: string): object {
  return {
    restartPolicy: 'Never',
    containers: [
      {
        name: 'collector',
        image: collectorImage,
        command: ['sleep', '3600'],
        volumeMounts: [{ name: 'results', mountPath: '/results', readOnly: true }],
        resources: { requests: { cpu: '50m', memory: '32Mi' }, limits: { memory: '64Mi' } },
      },
    ],
    volumes: [{ name: 'results', persistentVolumeClaim: { claimName } }],
  }
}

/**
 * A core for 1,000 requests a second and half a megabyte for each, with half a gigabyte to begin with: what k6 took here, rounded
 * up. A runner without its core begins requests late. Go collects garbage as seldom as in a run here (`k6/run-k6.ts`), and
 * stays below three quarters of what the container may take.
 */
function shareOf(ratePerRunner: number): { resources: object; memory: { name: string; value: string }[] } {
  const cpu = Math.max(1, Math.ceil(ratePerRunner / 1000))
  const megabytes = 512 + Math.ceil(ratePerRunner / 2)
  return {
    resources: { requests: { cpu: `${cpu}`, memory: `${megabytes}Mi` }, limits: { memory: `${2 * megabytes}Mi` } },
    memory: [
      { name: 'GOGC', value: '800' },
      { name: 'GOMEMLIMIT', value: `${Math.floor(1.5 * megabytes)}MiB` },
    ],
  }
}

function testRun({ name, parallelism, resultsClaim, ratePerRunner }: OperatorRun): object {
  const { resources, memory } = shareOf(ratePerRunner)
  const secret = { name: 'credentials', mountPath: '/credentials', readOnly: true }
  const pod = {
    image: k6Image,
    env: [
      { name: 'EDGEPROOF_PLAN', value: '/test' },
      { name: 'EDGEPROOF_CREDENTIALS', value: '/credentials' },
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
  }
  const volume = { name: 'credentials', secret: { secretName: name } }
  return {
    parallelism,
    script: { configMap: { name, file: 'script.ts' } },
    // Kubernetes puts the pod's name in, so that no two runners write to one file.
    arguments: '--out json=/results/$(POD_NAME).json.gz --no-thresholds --summary-mode=disabled --no-usage-report',
    initializer: {
      ...pod,
      resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } },
      volumes: [volume],
      volumeMounts: [secret],
    },
    runner: {
      ...pod,
      env: [...pod.env, ...memory],
      resources,
      securityContext: { runAsUser: k6User, runAsGroup: k6User, fsGroup: k6User },
      volumes: [volume, { name: 'results', persistentVolumeClaim: { claimName: resultsClaim } }],
      volumeMounts: [secret, { name: 'results', mountPath: '/results' }],
    },
  }
}

function object(apiVersion: string, kind: string, name: string, rest: object): object {
  return { apiVersion, kind, metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'edgeproof' } }, ...rest }
}
