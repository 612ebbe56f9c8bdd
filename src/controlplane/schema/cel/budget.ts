/** What the rules of one object may cost together. */
import type { StructuralSchema } from '../structural/structural-schema.ts';

export class Budget {
  /** Takes the cost of a rule on a value; answers why not where it is too much. */
  spend(_schema: StructuralSchema, _rule: string, _value: unknown): string | undefined {
    return undefined;
  }
}
