/** What a Pod asks of its host in all, as the scheduler counts it: containers together, or the largest start, plus overhead. */
import type { core } from '../../kube/index.ts';

type Field = 'requests' | 'limits';
type Read<V> = (text: string | undefined) => V | null;

export function podAmount<V extends number | bigint>(
  spec: core.PodSpec,
  field: Field,
  resource: string,
  read: Read<V>,
): V | null {
  const of = ({ resources }: core.Container) => read(resources?.[field]?.[resource]);
  let running = plus(null, null) as V | null;
  for (const container of spec.containers) running = plus(running, of(container));
  let [sidecars, largest] = [null as V | null, null as V | null];
  for (const container of spec.initContainers ?? []) {
    const amount = of(container);
    if (container.restartPolicy === 'Always') sidecars = plus(sidecars, amount);
    largest = larger(largest, container.restartPolicy === 'Always' ? sidecars : plus(sidecars, amount));
  }
  const most = larger(plus(running, sidecars), largest);
  return most === null ? null : plus(most, field === 'requests' ? read(spec.overhead?.[resource]) : null);
}

function plus<V extends number | bigint>(a: V | null, b: V | null): V | null {
  if (a === null || b === null) return a ?? b;
  return (typeof a === 'bigint' ? a + (b as bigint) : (a as number) + (b as number)) as V;
}

function larger<V extends number | bigint>(a: V | null, b: V | null): V | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
