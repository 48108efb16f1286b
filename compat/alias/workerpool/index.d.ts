export * from 'statepool/compat/workerpool';
export { default } from 'statepool/compat/workerpool';
