/**
 * A run on Kubernetes: manifests for the k6 operator (https://github.com/grafana/k6-operator), which starts one k6 for
 * each execution segment. JSON is YAML, and kubectl reads it.
 */
import { UsageError } from '../../config/usage-error.ts'

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
}

/** Objects above this are refused by the API server's store (Kubernetes, "ConfigMaps"). */
const mostBytes = 1_048_576

/** The manifests by file name, in the order in which to apply them. Throws a UsageError where the plan is too large. */
export function operatorManifests(run: OperatorRun): Record<string, object> {
  const { 'credentials.json': credentials = '[]', ...open } = run.files
  const manifests = {
    'configmap.json': object('v1', 'ConfigMap', run.name, { data: { 'script.ts': run.script, ...open } }),
    'secret.json': object('v1', 'Secret', run.name, { stringData: { 'credentials.json': credentials } }),
    'testrun.json': object('k6.io/v1alpha1', 'TestRun', run.name, { spec: testRun(run) }),
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

function testRun({ name, parallelism, resultsClaim }: OperatorRun): object {
  const secret = { name: 'credentials', mountPath: '/credentials', readOnly: true }
  const pod = {
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
    initializer: { ...pod, volumes: [volume], volumeMounts: [secret] },
    runner: {
      ...pod,
      volumes: [volume, { name: 'results', persistentVolumeClaim: { claimName: resultsClaim } }],
      volumeMounts: [secret, { name: 'results', mountPath: '/results' }],
    },
  }
}

function object(apiVersion: string, kind: string, name: string, rest: object): object {
  return { apiVersion, kind, metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'edgeproof' } }, ...rest }
}
