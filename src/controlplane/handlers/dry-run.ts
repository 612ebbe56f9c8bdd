/** The query parameter `dryRun`: everything but the storing. */
import { failure } from '../../kube/index.ts';
import type { ApiRequest } from './request.ts';

const OPTIONS: Readonly<Partial<Record<string, string>>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
};

export function isDryRun({ query, target }: ApiRequest): boolean {
  const values = query.getAll('dryRun');
  const wrong = values.find((value) => value !== 'All' && value !== '');
  if (wrong !== undefined) {
    const kind = OPTIONS[target.verb] ?? 'DeleteOptions';
    const message = `Unsupported value: ${JSON.stringify(values)}: supported values: "All"`;
    throw failure('Invalid', `${kind}.meta.k8s.io "" is invalid: dryRun: ${message}`, {
      group: 'meta.k8s.io',
      kind,
      causes: [{ reason: 'FieldValueNotSupported', message, field: 'dryRun' }],
    });
  }
  return values.includes('All');
}
