/** The kind Group. */
import type { z } from 'zod';
import type { Custom, KindDefinition } from './definition.ts';
import type { PodTemplate } from './field.ts';
import { groupSpec } from './group-spec.ts';
import { groupStatus } from './group-status.ts';
import { GROUPS } from './resource-types.ts';

export type GroupSpec = Omit<z.output<ReturnType<typeof groupSpec>>, 'template'> & { template: PodTemplate };
export type GroupStatus = z.output<ReturnType<typeof groupStatus>>;
export type Group = Custom<GroupSpec, GroupStatus>;

export const group: KindDefinition = {
  type: GROUPS,
  shortNames: ['grp'],
  categories: ['all'],
  summary: 'Replicas of a Pod template with stable names, updated in place.',
  about: `Each replica has an ordinal and with it a name that it never loses: a Pod that is made anew is called as before, runs
on the same host where it can, and with \`identity.ip: Retain\` has the same address. A change of the template makes a new
revision (a ControllerRevision); Pods get it by the lightest way that does: labels and annotations are written, requests
and limits resized, images changed with only their containers made anew, and only what cannot be changed in a Pod makes
the Pod anew. Pods are taken out of service before and are put back after, never more than \`maxUnavailable\` at once.`,
  spec: groupSpec(),
  status: groupStatus(),
  rules: [
    {
      rule: 'size(self.metadata.name) <= 63',
      message: 'a Group’s name is a label value: 63 characters at most',
    },
  ],
  columns: [
    { name: 'Desired', type: 'integer', path: '.spec.replicas' },
    { name: 'Updated', type: 'integer', path: '.status.updatedReplicas' },
    { name: 'Ready', type: 'integer', path: '.status.readyReplicas' },
    { name: 'Available', type: 'integer', path: '.status.availableReplicas' },
    { name: 'Progress', type: 'string', path: ".status.conditions[?(@.type=='Progressing')].reason" },
    { name: 'Age', type: 'date', path: '.metadata.creationTimestamp' },
    { name: 'Revision', type: 'string', path: '.status.updateRevision', priority: 1 },
    { name: 'Images', type: 'string', path: '.spec.template.spec.containers[*].image', priority: 1 },
    { name: 'Selector', type: 'string', path: '.status.labelSelector', priority: 1 },
  ],
  scale: { replicas: '.spec.replicas', observed: '.status.replicas', selector: '.status.labelSelector' },
  example: `apiVersion: apps.jdos.jd.com/v1alpha1
kind: Group
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: main
          image: nginx:1.29
          resources:
            requests: { cpu: 100m, memory: 64Mi }
  updateStrategy:
    rollingUpdate:
      maxUnavailable: 1
`,
};
