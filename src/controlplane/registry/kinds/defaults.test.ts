import { describe, expect, it } from 'vitest';
import type { Json } from '../definition.ts';
import { created, podSpec, template, workload } from './fixture.ts';
import { pullPolicyOf } from './pod-defaults.ts';

const spec = (kind: string, draft: Json) => created(kind, draft).object.spec;

describe('an image is pulled', () => {
  it.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.27', 'IfNotPresent'],
    ['registry:5000/nginx', 'Always'],
    ['registry:5000/nginx:1', 'IfNotPresent'],
    ['nginx@sha256:abc', 'IfNotPresent'],
    ['nginx:latest@sha256:abc', 'Always'],
  ])('%s: %s', (image, policy) => {
    expect(pullPolicyOf(image)).toBe(policy);
  });
});

describe('a Pod gets', () => {
  it('what every Pod has', () => {
    expect(spec('Pod', { spec: { containers: [{ name: 'c', image: 'nginx' }] } })).toEqual({
      containers: [
        {
          name: 'c',
          image: 'nginx',
          imagePullPolicy: 'Always',
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
    });
  });

  it('the numbers of its probes', () => {
    const [container] = spec('Pod', {
      spec: { containers: [{ ...podSpec.containers[0], readinessProbe: { httpGet: { port: 80 } } }] },
    }).containers;
    expect(container.readinessProbe).toEqual({
      httpGet: { port: 80, path: '/', scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    });
  });

  it('requests from limits, unless it names them', () => {
    const resources = { limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '1' } };
    const [container] = spec('Pod', { spec: { containers: [{ ...podSpec.containers[0], resources }] } }).containers;
    expect(container.resources.requests).toEqual({ cpu: '1', memory: '1Gi' });
  });

  it('its volumes completed', () => {
    const volumes = [
      { name: 'a' },
      { name: 'b', configMap: { name: 'x' } },
      { name: 'c', hostPath: { path: '/' } },
      { name: 'd', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
    ];
    expect(spec('Pod', { spec: { ...podSpec, volumes } }).volumes).toEqual([
      { name: 'a', emptyDir: {} },
      { name: 'b', configMap: { name: 'x', defaultMode: 420 } },
      { name: 'c', hostPath: { path: '/', type: '' } },
      {
        name: 'd',
        projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }] },
      },
    ]);
  });

  it('host ports on the network of its host', () => {
    const containers = [{ ...podSpec.containers[0], ports: [{ containerPort: 80 }] }];
    expect(spec('Pod', { spec: { hostNetwork: true, containers } }).containers[0].ports).toEqual([
      { containerPort: 80, hostPort: 80, protocol: 'TCP' },
    ]);
  });

  it('both names of its service account', () => {
    expect(spec('Pod', { spec: { ...podSpec, serviceAccount: 'a' } })).toMatchObject({
      serviceAccountName: 'a',
      serviceAccount: 'a',
    });
  });

  it.each([
    ['BestEffort', {}],
    ['BestEffort', { requests: { cpu: '0' } }],
    ['Burstable', { requests: { cpu: '1' } }],
    ['Burstable', { limits: { cpu: '1' } }],
    ['Burstable', { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } }],
    ['Guaranteed', { limits: { cpu: '1', memory: '1Gi' } }],
    ['Guaranteed', { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m', memory: '1024Mi' } }],
  ])('quality of service %s for %j', (qosClass, resources) => {
    const { object } = created('Pod', { spec: { containers: [{ ...podSpec.containers[0], resources }] } });
    expect(object.status).toEqual({ phase: 'Pending', qosClass });
  });

  it('a template keeps limits without requests, for its Pods to be defaulted', () => {
    const limited = { ...podSpec, containers: [{ ...podSpec.containers[0], resources: { limits: { cpu: '1' } } }] };
    const { containers, enableServiceLinks } = spec(
      'Deployment',
      workload({ template: template({ app: 'web' }, limited) }),
    ).template.spec;
    expect(containers[0].resources).toEqual({ limits: { cpu: '1' } });
    expect(enableServiceLinks).toBeUndefined();
  });
});

describe('workloads get', () => {
  it.each<[string, Json, Json]>([
    [
      'Deployment',
      {},
      {
        replicas: 1,
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      },
    ],
    ['Deployment', { replicas: 0, strategy: { type: 'Recreate' } }, { replicas: 0, strategy: { type: 'Recreate' } }],
    ['ReplicaSet', {}, { replicas: 1 }],
    [
      'StatefulSet',
      {},
      {
        replicas: 1,
        podManagementPolicy: 'OrderedReady',
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        revisionHistoryLimit: 10,
      },
    ],
    [
      'DaemonSet',
      {},
      {
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
        revisionHistoryLimit: 10,
      },
    ],
    ['DaemonSet', { updateStrategy: { type: 'OnDelete' } }, { updateStrategy: { type: 'OnDelete' } }],
  ])('of kind %s with %j', (kind, given, expected) => {
    expect(spec(kind, workload(given))).toMatchObject(expected);
  });

  it('a ReplicationController its labels and selector from the template', () => {
    const { object } = created('ReplicationController', { spec: { template: template({ app: 'rc' }) } });
    expect(object.spec.selector).toEqual({ app: 'rc' });
    expect(object.metadata.labels).toEqual({ app: 'rc' });
  });
});

describe('a Job gets', () => {
  const job = (more: Json = {}) => ({
    spec: { template: template({}, { ...podSpec, restartPolicy: 'Never' }), ...more },
  });

  it('one completion, six retries and a selector of its own uid', () => {
    const { object } = created('Job', job());
    expect(object.spec).toMatchObject({
      completions: 1,
      parallelism: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: 'TerminatingOrFailed',
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'uid-1' } },
    });
    expect(object.spec.template.metadata.labels).toEqual({
      'batch.kubernetes.io/controller-uid': 'uid-1',
      'batch.kubernetes.io/job-name': 'x',
      'controller-uid': 'uid-1',
      'job-name': 'x',
    });
  });

  it('no completions when only its parallelism is told: it is a work queue', () => {
    expect(spec('Job', job({ parallelism: 5 })).completions).toBeUndefined();
  });

  it('no generated selector when it brings its own', () => {
    const own = {
      manualSelector: true,
      selector: { matchLabels: { a: 'b' } },
      template: template({ a: 'b' }, { ...podSpec, restartPolicy: 'Never' }),
    };
    expect(spec('Job', job(own)).selector).toEqual({ matchLabels: { a: 'b' } });
  });
});

describe('a Service gets', () => {
  it.each<[Json, Json]>([
    [
      { ports: [{ port: 80 }] },
      {
        type: 'ClusterIP',
        sessionAffinity: 'None',
        internalTrafficPolicy: 'Cluster',
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
      },
    ],
    [{ type: 'NodePort', ports: [{ port: 80 }] }, { externalTrafficPolicy: 'Cluster' }],
    [
      { type: 'LoadBalancer', ports: [{ port: 80 }] },
      { externalTrafficPolicy: 'Cluster', allocateLoadBalancerNodePorts: true },
    ],
    [
      { sessionAffinity: 'ClientIP', ports: [{ port: 80 }] },
      { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } } },
    ],
  ])('%j completed', (given, expected) => {
    expect(spec('Service', { spec: given })).toMatchObject(expected);
  });

  it('nothing of a cluster when it only stands for another name', () => {
    expect(spec('Service', { spec: { type: 'ExternalName', externalName: 'a.b' } })).toEqual({
      type: 'ExternalName',
      externalName: 'a.b',
      sessionAffinity: 'None',
    });
  });
});

describe('others get', () => {
  it('a Namespace its label, phase and finalizer', () => {
    expect(created('Namespace', { metadata: { name: 'n' } }).object).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'n' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  });

  it('a Secret its type, and stringData encoded over data', () => {
    const { object } = created('Secret', { data: { a: 'eA==', b: 'eA==' }, stringData: { a: 'y' } });
    expect(object).toMatchObject({ type: 'Opaque', data: { a: 'eQ==', b: 'eA==' } });
    expect(object).not.toHaveProperty('stringData');
  });

  it('a Node its allocatable from its capacity, and keeps the status it brings', () => {
    const capacity = { cpu: '4' };
    expect(created('Node', { status: { capacity } }).object.status).toMatchObject({ capacity, allocatable: capacity });
  });

  it('a LimitRange limits from maxima, requests from limits', () => {
    const limits = [
      { type: 'Container', max: { cpu: '2' }, min: { memory: '1Mi' } },
      { type: 'Pod', max: { cpu: '4' } },
    ];
    expect(spec('LimitRange', { spec: { limits } }).limits).toEqual([
      { ...limits[0], default: { cpu: '2' }, defaultRequest: { cpu: '2', memory: '1Mi' } },
      limits[1],
    ]);
  });

  it('a HorizontalPodAutoscaler one replica at least and 80 percent of CPU', () => {
    const target = { maxReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'web' } };
    expect(spec('HorizontalPodAutoscaler', { spec: target })).toMatchObject({
      minReplicas: 1,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ],
    });
  });

  it('a CronJob three kept successes, one kept failure', () => {
    const jobTemplate = { spec: { template: template({}, { ...podSpec, restartPolicy: 'Never' }) } };
    expect(spec('CronJob', { spec: { schedule: '@daily', jobTemplate } })).toMatchObject({
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    });
  });

  it('a NetworkPolicy the directions that its rules name', () => {
    expect(spec('NetworkPolicy', { spec: { egress: [{ ports: [{ port: 53 }] }] } })).toMatchObject({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      egress: [{ ports: [{ port: 53, protocol: 'TCP' }] }],
    });
  });
});
