export * from './rights.ts';
export * from './scope.ts';
export * from './scope-views.ts';
