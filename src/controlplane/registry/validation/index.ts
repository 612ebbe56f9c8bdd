/** What the handlers need of the rules that are the same for every kind. */
export { describeFieldErrors } from './field-error.ts';
export { validateMetadata, validateMetadataUpdate } from './metadata.ts';
