export type { StateConfig, TransitionConfig } from './config-of.ts';
export { configOf } from './config-of.ts';
export { graphOf } from './graph-of.ts';
export { jsonText } from './json-text.ts';
export { mermaidOf } from './mermaid.ts';
export { svgOf } from './svg.ts';
export { tableOfStates, tableOfTransitions } from './tables.ts';
