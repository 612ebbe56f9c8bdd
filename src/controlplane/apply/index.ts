/**
 * Field ownership: server-side apply and `metadata.managedFields`, as pure functions. None changes its arguments.
 *
 * What a handler does:
 *
 * ```ts
 * const write = {
 *   manager: query.get('fieldManager') || defaultManagerName(userAgent),
 *   apiVersion: 'apps/v1',
 *   kind: 'Deployment',
 *   schema,                          // applySchemaOf(type), or DEDUCED
 *   empty,                           // what complete(type, {}) makes of an empty object; leave out for custom resources
 *   subresource: target.subresource,
 *   resetFields: resetFieldsOf(hasStatus, target.subresource),
 *   time: rfc3339(clock.now()),
 * };
 * // PATCH of type apply. `live` is undefined where the object is to be created. The answer is the whole new object,
 * // managedFields included: default, validate and store it; do not track it again.
 * object = applyConfiguration(live, body, { ...write, force });
 * // Every other create, update and patch, once the object is complete. Answers it with its managedFields.
 * object = trackChange(live, object, write);
 * // `metadata.managedFields: []` in a body means that all ownership be forgotten: decoding must not lose it on the way.
 * // Before comparing with what is stored, so that a write that changes nothing but times is none:
 * object = keepTimes(object, live);
 * ```
 *
 * Refusals: 409 with a FieldManagerConflict cause a field where others own what is applied otherwise, unless forced;
 * 400 where the configuration is of another kind, carries managedFields or does not fit its schema. Whether the request
 * names a manager at all is for {@link patchOptionErrors}.
 */
export { type Apply, applyConfiguration } from './configuration.ts';
export { extractOwned } from './extract.ts';
export type { ManagedFieldsEntry } from './manager.ts';
export { defaultManagerName, patchOptionErrors } from './manager-name.ts';
export type { Write } from './ownership.ts';
export { resetFieldsOf } from './reset-fields.ts';
export { keepTimes, trackChange } from './track.ts';
