/** The form in which this request wants its answer. */
import { failure } from '../../kube/index.ts';
import { type IncludeObject, Shape } from './answers.ts';
import type { ApiRequest } from './request.ts';

export function shapeOf({ definition, form, query, plane }: ApiRequest): Shape {
  const include = query.get('includeObject') || 'Metadata';
  if (include !== 'None' && include !== 'Metadata' && include !== 'Object')
    throw failure('BadRequest', `unrecognized includeObject value: ${JSON.stringify(include)}`);
  return new Shape(definition, form, include satisfies IncludeObject, () => plane.clock.now());
}
