/** How a dying namespace tells what still holds it up. */
import { type core, rfc3339 } from '../../../kube/index.ts';

export interface Remains {
  /** Instances left, by `resource.group`. */
  readonly resources: ReadonlyMap<string, number>;
  /** Instances left, by finalizer. */
  readonly finalizers: ReadonlyMap<string, number>;
  /** Group versions that could not be asked for their resources. */
  readonly undiscovered: ReadonlyMap<string, string>;
  /** What could not be deleted, in words. */
  readonly failures: readonly string[];
}

export const NOTHING_REMAINS: Remains = {
  resources: new Map(),
  finalizers: new Map(),
  undiscovered: new Map(),
  failures: [],
};

export function isEmpty(remains: Remains): boolean {
  return remains.resources.size === 0 && remains.undiscovered.size === 0 && remains.failures.length === 0;
}

type Condition = core.NamespaceCondition;

/** The five conditions, each True when it is in the way. */
export function deletionConditions(
  before: readonly Condition[] | undefined,
  remains: Remains,
  now: number,
): Condition[] {
  const { resources, finalizers, undiscovered, failures } = remains;
  const list = (counts: ReadonlyMap<string, number>, word: (key: string, count: number) => string) =>
    [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, count]) => word(key, count))
      .join(', ');
  const rows: [type: string, bad: boolean, reasons: [string, string], messages: [string, string]][] = [
    [
      'NamespaceDeletionDiscoveryFailure',
      undiscovered.size > 0,
      ['ResourcesDiscovered', 'DiscoveryFailed'],
      [
        'All resources successfully discovered',
        `Discovery failed for some groups, ${undiscovered.size} failing: ${[...undiscovered].map((e) => e.join(': ')).join(', ')}`,
      ],
    ],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      false,
      ['ParsedGroupVersions', 'GroupVersionParsingFailed'],
      ['All legacy kube types successfully parsed', ''],
    ],
    [
      'NamespaceDeletionContentFailure',
      failures.length > 0,
      ['ContentDeleted', 'ContentDeletionFailed'],
      [
        'All content successfully deleted, may be waiting on finalization',
        `Failed to delete all resource types, ${failures.length} remaining: ${failures.join(', ')}`,
      ],
    ],
    [
      'NamespaceContentRemaining',
      resources.size > 0,
      ['ContentRemoved', 'SomeResourcesRemain'],
      [
        'All content successfully removed',
        `Some resources are remaining: ${list(resources, (key, count) => `${key} has ${count} resource instances`)}`,
      ],
    ],
    [
      'NamespaceFinalizersRemaining',
      finalizers.size > 0,
      ['ContentHasNoFinalizers', 'SomeFinalizersRemain'],
      [
        'All content-preserving finalizers finished',
        `Some content in the namespace has finalizers remaining: ${list(finalizers, (key, count) => `${key} in ${count} resource instances`)}`,
      ],
    ],
  ];
  const fresh = rows.map(([type, bad, reasons, messages]) => {
    const old = before?.find((condition) => condition.type === type);
    const status = bad ? 'True' : 'False';
    const lastTransitionTime = old?.status === status ? old.lastTransitionTime : rfc3339(now);
    return { type, status, reason: reasons[Number(bad)], message: messages[Number(bad)], lastTransitionTime };
  });
  return [...(before ?? []).filter((c) => !fresh.some((f) => f.type === c.type)), ...fresh];
}
