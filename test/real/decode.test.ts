import { request } from 'node:https';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { duplicateFields, readObject, typeOf } from '../../src/controlplane/schema/index.ts';
import { isStatus } from '../../src/kube/index.ts';
import { type RealControlPlane, startRealControlPlane } from './real-control-plane.ts';

/** Objects with a bit of everything, and where they are created. */
const SAMPLES = [
  {
    path: '/apis/apps/v1/namespaces/default/deployments',
    kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
    object: {
      metadata: { name: 'x', labels: { a: 'b' }, creationTimestamp: '2020-01-01T00:00:00Z', finalizers: ['a/b'] },
      spec: {
        replicas: 1,
        selector: { matchLabels: { a: 'b' } },
        template: {
          metadata: { labels: { a: 'b' } },
          spec: {
            containers: [
              {
                name: 'c',
                image: 'i',
                ports: [{ containerPort: 80 }],
                env: [{ name: 'E', valueFrom: { configMapKeyRef: { name: 'n', key: 'k' } } }],
                resources: { limits: { cpu: '1' } },
                livenessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 3 },
              },
            ],
            volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Gi' } }],
            nodeSelector: { a: 'b' },
          },
        },
      },
    },
  },
  {
    path: '/api/v1/namespaces/default/configmaps',
    kind: { group: '', version: 'v1', kind: 'ConfigMap' },
    object: { metadata: { name: 'x' }, data: { a: 'b' }, binaryData: { a: 'YQ==' }, immutable: true },
  },
  {
    path: '/apis/coordination.k8s.io/v1/namespaces/default/leases',
    kind: { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease' },
    object: { metadata: { name: 'x' }, spec: { renewTime: '2020-01-01T00:00:00.000000Z', leaseDurationSeconds: 1 } },
  },
];

/** What a value may be replaced by. */
const ODD = fc.constantFrom<unknown>(
  null,
  true,
  5,
  1.5,
  1e12,
  -1,
  '',
  'x',
  '5',
  '2020-01-01',
  [],
  [5],
  ['x'],
  [null],
  {},
  { zz: 1 },
);

let plane: RealControlPlane;
beforeAll(async () => {
  plane = await startRealControlPlane({ controllers: false });
});
afterAll(() => plane?.stop());

test('whatever is put anywhere is refused in the words of kube-apiserver, or by neither decoder', async () => {
  const mutated = fc.constantFrom(...SAMPLES).chain((sample) =>
    fc.record({
      sample: fc.constant(sample),
      place: fc.constantFrom(...placesIn(sample.object)),
      odd: ODD,
      extra: fc.boolean(),
    }),
  );
  await fc.assert(
    fc.asyncProperty(mutated, async ({ sample, place, odd, extra }) => {
      const object = put(sample.object, extra ? [...place.slice(0, -1), 'zz'] : place, odd);
      const theirs = await create(sample.path, object);
      expect(refusal(sample.kind, object)).toBe(theirs);
    }),
    { numRuns: 400 },
  );
});

function refusal(kind: (typeof SAMPLES)[number]['kind'], object: object): string | undefined {
  const type = typeOf(kind.group, kind.version, kind.kind)!;
  try {
    readObject(type, kind, object, { validation: 'Strict', duplicates: duplicateFields(JSON.stringify(object)) });
    return undefined;
  } catch (error) {
    if (!isStatus(error, 'BadRequest')) throw error;
    return error.message;
  }
}

/** The message of a 400 from the real API server, in a dry run. */
function create(path: string, object: object): Promise<string | undefined> {
  const { url, caPem, admin } = plane;
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      ca: caPem,
      cert: admin.certPem,
      key: admin.keyPem,
      headers: { 'content-type': 'application/json' },
    };
    const asked = request(`${url}${path}?dryRun=All&fieldValidation=Strict`, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const status = JSON.parse(Buffer.concat(chunks).toString()) as { code?: number; message?: string };
        resolve(status.code === 400 && response.statusCode === 400 ? status.message : undefined);
      });
    });
    asked.on('error', reject);
    asked.end(JSON.stringify(object));
  });
}

type Path = readonly (string | number)[];

function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return path.length > 0 ? [path] : [];
  const steps = Array.isArray(value) ? value.keys() : Object.keys(value);
  const inner = [...steps].flatMap((step) =>
    placesIn((value as Record<string | number, unknown>)[step], [...path, step]),
  );
  return path.length > 0 ? [path, ...inner] : inner;
}

function put(object: object, path: Path, value: unknown): object {
  const copy = structuredClone(object) as Record<string | number, never>;
  let at = copy;
  for (const step of path.slice(0, -1)) at = at[step]!;
  at[path.at(-1)!] = value as never;
  return copy;
}
