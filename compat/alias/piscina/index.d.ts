export * from 'statepool/compat/piscina';
export { default } from 'statepool/compat/piscina';
