/** Conflicts between those who apply and those who own. */
import { failure, type StatusError } from '../../kube/index.ts';
import { type FieldSet, has, pathsOf } from './field-set.ts';
import { type Manager, managerKey } from './manager.ts';
import { type PathElement, printPath } from './path-element.ts';

export interface Conflict {
  readonly owner: Manager;
  readonly path: readonly PathElement[];
}

export function conflictsWith(owner: Manager, fields: FieldSet): Conflict[] {
  return [...pathsOf(fields)].map((path) => ({ owner, path }));
}

/** Those conflicts that are not about one of the fields. */
export function conflictsBeyond(conflicts: readonly Conflict[], fields: FieldSet): Conflict[] {
  return conflicts.filter(({ path }) => !has(fields, path));
}

/** Kubernetes' 409 for them, each a cause. */
export function conflictError(conflicts: readonly Conflict[]): StatusError {
  const sorted = conflicts.toSorted((a, b) => (managerKey(a.owner) < managerKey(b.owner) ? -1 : 1));
  return failure('Conflict', messageOf(sorted), {
    causes: sorted.map(({ owner, path }) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${printManager(owner)}`,
      field: printPath(path),
    })),
  });
}

function messageOf(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (first && conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${printManager(first.owner)}: ${printPath(first.path)}`;
  }
  const owners = new Map(conflicts.map(({ owner }) => [managerKey(owner), owner]));
  const lines = [...owners].flatMap(([key, owner]) => [
    `conflicts with ${printManager(owner)}:`,
    ...conflicts.filter((c) => managerKey(c.owner) === key).map(({ path }) => `- ${printPath(path)}`),
  ]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function printManager({ name, subresource, operation, apiVersion }: Manager): string {
  const through = subresource ? ` with subresource ${JSON.stringify(subresource)}` : '';
  return `${JSON.stringify(name)}${through}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
}
