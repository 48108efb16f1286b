export type { StateConfig, TransitionConfig } from './graph/config-of.ts';
export { configOf } from './graph/config-of.ts';
export { graphOf } from './graph/graph-of.ts';
export { jsonText } from './graph/json-text.ts';
export { mermaidOf } from './mermaid.ts';
export { svgOf } from './svg/svg.ts';
export { tableOfStates, tableOfTransitions } from './tables.ts';
