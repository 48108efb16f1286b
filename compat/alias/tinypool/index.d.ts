export * from 'statepool/compat/tinypool';
export { default } from 'statepool/compat/tinypool';
