/** Field ownership: who set which field last (`metadata.managedFields`). */
import type { Json } from '../registry/definition.ts';
import type { ApiRequest } from './request.ts';

export function trackCreate(_request: ApiRequest, object: Json): void {
  delete object.metadata.managedFields;
}

export function trackUpdate(_request: ApiRequest, object: Json, _old: Json): void {
  delete object.metadata.managedFields;
}
