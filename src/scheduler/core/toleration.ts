/** Taints of hosts, and which of them a toleration puts up with. */
import type { core } from '../../kube/index.ts';

/** An empty key with Exists tolerates everything, an empty effect every effect. */
export function tolerates(toleration: core.Toleration, taint: core.Taint): boolean {
  const { effect, key, operator, value = '' } = toleration;
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  switch (operator || 'Equal') {
    case 'Exists':
      return true;
    case 'Equal':
      return Boolean(key) && value === (taint.value ?? '');
    case 'Gt':
    case 'Lt':
      return comparesAs(operator as 'Gt' | 'Lt', taint.value, value);
    default:
      return false;
  }
}

/** The first taint with one of these effects that no toleration covers. */
export function untoleratedTaint(
  taints: readonly core.Taint[],
  tolerations: readonly core.Toleration[],
  effects: readonly string[],
): core.Taint | undefined {
  return taints.find((taint) => effects.includes(taint.effect) && !tolerations.some((t) => tolerates(t, taint)));
}

/** Effects that keep a new Pod away. */
export const REPELLING: readonly string[] = ['NoSchedule', 'NoExecute'];

const INTEGER = /^-?\d+$/;

/** `Gt`: the taint's value is greater than the toleration's. Anything but integers compares false. */
function comparesAs(operator: 'Gt' | 'Lt', actual = '', bound: string): boolean {
  if (!INTEGER.test(actual) || !INTEGER.test(bound)) return false;
  return operator === 'Gt' ? BigInt(actual) > BigInt(bound) : BigInt(actual) < BigInt(bound);
}
