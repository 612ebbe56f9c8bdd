export * from './scope.ts';
export * from './scope-views.ts';
