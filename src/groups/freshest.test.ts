import { expect, it } from 'vitest';
import { pod } from '../control/fixture.ts';
import type { ChangeHandler, Informer, Pod } from '../kube/index.ts';
import { Freshest } from './freshest.ts';

function fixture() {
  const freshest = new Freshest();
  const handlers: ChangeHandler<Pod>[] = [];
  freshest.watch({ onChange: (one: ChangeHandler<Pod>) => handlers.push(one) } as unknown as Informer<Pod>);
  const first = pod({ name: 'web-0', metadata: { resourceVersion: '9' } });
  const at = (resourceVersion: string): Pod => ({ ...first, metadata: { ...first.metadata, resourceVersion } });
  return { freshest, at, tell: (now: Pod, old: Pod) => handlers[0]?.update?.(now, old) };
}

it('what was written counts until the cache shows it', () => {
  const { freshest, at, tell } = fixture();
  freshest.wrote('group', at('10'));
  expect(freshest.of('group', [at('9')])).toEqual([at('10')]);
  tell(at('10'), at('9'));
  expect(freshest.of('group', [at('10')])).toEqual([at('10')]);
});

it('an answer that comes after the events does not hide what the cache shows', () => {
  const { freshest, at, tell } = fixture();
  tell(at('10'), at('9'));
  tell(at('11'), at('10'));
  freshest.wrote('group', at('10'));
  expect(freshest.of('group', [at('11')])).toEqual([at('11')]);
});
