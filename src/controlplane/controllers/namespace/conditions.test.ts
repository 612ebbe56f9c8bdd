import { describe, expect, it } from 'vitest';
import { START } from '../../../control/fixture.ts';
import { deletionConditions, isEmpty, NOTHING_REMAINS } from './conditions.ts';

const remains = {
  ...NOTHING_REMAINS,
  resources: new Map([['pods.', 2]]),
  finalizers: new Map([['example.com/hold', 1]]),
};

describe('deletionConditions', () => {
  it('says what is left and which finalizers hold it', () => {
    const conditions = deletionConditions(undefined, remains, START);
    expect(conditions.filter((c) => c.status === 'True').map((c) => [c.type, c.reason, c.message])).toEqual([
      [
        'NamespaceContentRemaining',
        'SomeResourcesRemain',
        'Some resources are remaining: pods. has 2 resource instances',
      ],
      [
        'NamespaceFinalizersRemaining',
        'SomeFinalizersRemain',
        'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
      ],
    ]);
  });

  it('moves the time of a condition only with its status', () => {
    const before = deletionConditions(undefined, remains, START);
    const after = deletionConditions(before, NOTHING_REMAINS, START + 5000);
    const time = (type: string) => after.find((c) => c.type === type)!.lastTransitionTime;
    expect(time('NamespaceContentRemaining')).toBe('2026-01-01T00:00:05Z');
    expect(time('NamespaceDeletionContentFailure')).toBe('2026-01-01T00:00:00Z');
  });
});

describe('isEmpty', () => {
  it('is so when nothing is left and everything could be asked', () => {
    expect(isEmpty(NOTHING_REMAINS)).toBe(true);
    expect(isEmpty(remains)).toBe(false);
    expect(isEmpty({ ...NOTHING_REMAINS, undiscovered: new Map([['a/v1', 'down']]) })).toBe(false);
  });
});
