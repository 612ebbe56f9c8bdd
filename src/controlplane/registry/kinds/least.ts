/** For tests: the least that makes an object of a kind valid. Kinds that need nothing are left out. */
import type { Json } from '../definition.ts';
import { podSpec, template, workload } from './fixture.ts';

const rule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const webhook = {
  name: 'a.example.com',
  clientConfig: { url: 'https://x' },
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
};

export const least: Readonly<Record<string, Json>> = {
  Event: {
    eventTime: '2026-01-01T00:00:00.000000Z',
    action: 'Wait',
    reason: 'Full',
    type: 'Normal',
    reportingComponent: 'example.com/c',
    reportingInstance: 'c-1',
  },
  Pod: { spec: podSpec },
  PodTemplate: { template: template() },
  Service: { spec: { ports: [{ port: 80 }] } },
  Deployment: workload(),
  ReplicaSet: workload(),
  StatefulSet: workload(),
  DaemonSet: workload(),
  ReplicationController: { spec: { template: template() } },
  ControllerRevision: { data: {} },
  Job: { spec: { template: template(undefined, { ...podSpec, restartPolicy: 'Never' }) } },
  CronJob: {
    spec: {
      schedule: '*/5 * * * *',
      jobTemplate: { spec: { template: template(undefined, { ...podSpec, restartPolicy: 'OnFailure' }) } },
    },
  },
  EndpointSlice: { addressType: 'IPv4' },
  HorizontalPodAutoscaler: {
    spec: { maxReplicas: 2, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
  },
  PersistentVolume: {
    spec: { accessModes: claim.accessModes, capacity: { storage: '1Gi' }, hostPath: { path: '/x' } },
  },
  PersistentVolumeClaim: { spec: claim },
  Role: { rules: [rule] },
  ClusterRole: { rules: [rule] },
  RoleBinding: { roleRef: { kind: 'Role', name: 'r' } },
  ClusterRoleBinding: { roleRef: { kind: 'ClusterRole', name: 'r' } },
  StorageClass: { provisioner: 'example.com/p' },
  VolumeAttachment: { spec: { attacher: 'a', nodeName: 'n', source: { persistentVolumeName: 'p' } } },
  CSIStorageCapacity: { storageClassName: 'fast' },
  CSIDriver: { spec: {} },
  Ingress: { spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } } },
  IngressClass: { spec: { controller: 'example.com/c' } },
  RuntimeClass: { handler: 'runc' },
  MutatingWebhookConfiguration: { webhooks: [webhook] },
  ValidatingWebhookConfiguration: { webhooks: [webhook] },
  ValidatingAdmissionPolicy: {
    spec: {
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
      validations: [{ expression: 'true' }],
    },
  },
  ValidatingAdmissionPolicyBinding: { spec: { policyName: 'p', validationActions: ['Deny'] } },
  FlowSchema: { spec: { priorityLevelConfiguration: { name: 'p' } } },
  PriorityLevelConfiguration: { spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } } },
  DeviceClass: { spec: {} },
  ResourceClaim: { spec: {} },
  ResourceClaimTemplate: { spec: { spec: {} } },
  ResourceSlice: {
    spec: { driver: 'd.example.com', nodeName: 'n', pool: { name: 'p', generation: 1, resourceSliceCount: 1 } },
  },
  IPAddress: {
    metadata: { name: '10.9.8.7' },
    spec: { parentRef: { resource: 'services', namespace: 'default', name: 's' } },
  },
  ServiceCIDR: { spec: { cidrs: ['10.9.0.0/24'] } },
  APIService: {
    metadata: { name: 'v1.g' },
    spec: { group: 'g', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1 },
  },
};
