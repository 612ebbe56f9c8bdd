import type { ResourceDefinition } from '../definition.ts';
import { ageColumn, nameColumn } from './columns.ts';

export const serviceAccounts: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  kind: 'ServiceAccount',
  shortNames: ['sa'],
  namespaced: true,
  answersDeleted: true,
  columns: [nameColumn, ageColumn],
};
