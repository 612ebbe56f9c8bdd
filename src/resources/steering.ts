/**
 * How a Release steers its Group: it writes this to its own `status.steering`, and the Group's controller obeys as long
 * as it stands there. The Group's spec is never edited.
 */
import { z } from 'zod';
import { countOrPercent, list, objectName } from './field.ts';

export const steering = () =>
  z.strictObject({
    mode: z
      .enum(['Run', 'Rollback', 'Hold'])
      .describe(
        'Run: bring so many Pods to the target. Rollback: bring all Pods back to stable, whatever is paused. Hold: the run ' +
          'has failed; keep all Pods at stable until the Group’s template is another than the target.',
      ),
    stableRevision: objectName().describe('The ControllerRevision of Pods that are not updated.'),
    targetRevision: objectName().describe('The ControllerRevision that is released.'),
    updated: countOrPercent()
      .default(0)
      .describe(
        'How many Pods are at the target; of a percentage, rounded up, one Pod at least and, below 100%, not all.',
      ),
    pods: list(objectName(), 500)
      .optional()
      .describe('Pods that are at the target in any case; they count as updated.'),
  });

export type Steering = z.output<ReturnType<typeof steering>>;
