export * from './apply-view.ts';
export { fillDefaults } from './fill.ts';
export * from './read-custom.ts';
export * from './structural-schema.ts';
export * from './validate.ts';
