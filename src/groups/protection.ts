/** Does the DisruptionPolicy that a Group names judge its Pods? Policies choose Pods by labels; a name alone protects nobody. */
import { BY_NAMESPACE, type Env } from '../control/index.ts';
import { type Informer, keyOf, selectorOf } from '../kube/index.ts';
import { DISRUPTION_POLICIES, type DisruptionPolicy, type Group } from '../resources/index.ts';
import type { Trouble } from './troubles.ts';

export class Protection {
  readonly #policies: Informer<DisruptionPolicy>;

  /** `concern` is told of Groups that name a policy which has come, gone or changed. */
  constructor({ caches }: Env, groups: Informer<Group>, concern: (group: string) => void) {
    this.#policies = caches.of(DISRUPTION_POLICIES);
    const tell = ({ metadata }: DisruptionPolicy) => {
      for (const group of groups.byIndex(BY_NAMESPACE, metadata.namespace ?? ''))
        if (group.spec.disruption.policyRef?.name === metadata.name) concern(keyOf(group));
    };
    const changed = (policy: DisruptionPolicy, old: DisruptionPolicy) =>
      policy.metadata.generation !== old.metadata.generation && tell(policy);
    this.#policies.onChange({ add: tell, update: changed, delete: tell });
  }

  /** Undefined: it names none. */
  of({ metadata, spec }: Group): Trouble | 'none' | undefined {
    const name = spec.disruption.policyRef?.name;
    if (name === undefined) return undefined;
    const policy = this.#policies.get(`${metadata.namespace}/${name}`);
    if (!policy)
      return { reason: 'NoSuchPolicy', message: `there is no DisruptionPolicy ${name} in ${metadata.namespace}` };
    if (selectorOf(policy.spec.selector).matches(spec.template.metadata?.labels)) return 'none';
    const message = `the selector of DisruptionPolicy ${name} does not match the labels of the template`;
    return { reason: 'NotSelected', message };
  }
}
