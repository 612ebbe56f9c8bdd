/** What the handlers need of the rules that are the same for every kind. */
export { describeFieldErrors, forbidden, invalid, notSupported, required } from './field-error.ts';
export { nameRuleOf, validateMetadata, validateMetadataUpdate } from './metadata.ts';
