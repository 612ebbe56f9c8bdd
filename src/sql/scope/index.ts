export { ListableNamespaces } from './namespace-rules.ts';
export * from './rights.ts';
export * from './scope.ts';
export * from './scope-views.ts';
