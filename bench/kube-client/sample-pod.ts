/** A running Pod as a kubelet leaves it: about 2.4 KB of JSON. */
const at = '2026-01-01T00:00:00Z';

export function samplePod(i: number) {
  return {
    metadata: {
      name: `pod-${i}`,
      namespace: `ns-${i % 50}`,
      uid: `aaaaaaaa-bbbb-cccc-dddd-${String(i).padStart(12, '0')}`,
      resourceVersion: String(1000 + i),
      creationTimestamp: at,
      labels: { app: `app-${i % 200}`, 'pod-template-hash': 'abcdef', tier: 'web' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `rs-${i % 2000}`, uid: `u-${i % 2000}` }],
      managedFields: [
        {
          manager: 'kubelet',
          operation: 'Update',
          apiVersion: 'v1',
          time: at,
          fieldsType: 'FieldsV1',
          subresource: 'status',
          fieldsV1: {
            'f:status': {
              'f:conditions': {
                'k:{"type":"Ready"}': { '.': {}, 'f:lastProbeTime': {}, 'f:status': {}, 'f:type': {} },
              },
              'f:hostIP': {},
              'f:phase': {},
              'f:podIP': {},
            },
          },
        },
      ],
    },
    spec: {
      nodeName: `node-${i % 5000}`,
      serviceAccountName: 'default',
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      schedulerName: 'jdos',
      preemptionPolicy: 'PreemptLowerPriority',
      securityContext: {},
      tolerations: ['not-ready', 'unreachable'].map((key) => ({
        key: `node.kubernetes.io/${key}`,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      })),
      containers: [
        {
          name: 'main',
          image: 'registry.example/app:1.2.3',
          imagePullPolicy: 'IfNotPresent',
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '1', memory: '2Gi' } },
          env: [{ name: 'A', value: `v${i}` }],
          ports: [{ containerPort: 80, protocol: 'TCP' }],
        },
      ],
    },
    status: {
      phase: 'Running',
      hostIP: '10.0.0.1',
      podIP: `10.1.${i % 250}.${i % 200}`,
      startTime: at,
      qosClass: 'Burstable',
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
        type,
        status: 'True',
        lastTransitionTime: at,
      })),
      containerStatuses: [
        {
          name: 'main',
          ready: true,
          started: true,
          restartCount: 0,
          image: 'registry.example/app:1.2.3',
          imageID: 'sha256:abc',
          containerID: `containerd://${i}`,
          state: { running: { startedAt: at } },
        },
      ],
    },
  };
}
