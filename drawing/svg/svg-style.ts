import { NAME_SIZE, TEXT_SIZE } from '../labels/rows.ts';

const light = {
  back: '#ffffff',
  box: '#f6f8fa',
  inside: '#fbfcfd',
  text: '#1f2328',
  soft: '#59636e',
  line: '#8c959f',
  plate: '#eef1f4',
  always: '#8250df',
  active: '#0969da',
  'active-box': '#ddf4ff',
  fired: '#bf3989',
};

const dark: typeof light = {
  back: '#0d1117',
  box: '#1c2128',
  inside: '#12171e',
  text: '#e6edf3',
  soft: '#9198a1',
  line: '#768390',
  plate: '#262c36',
  always: '#b392f0',
  active: '#4493f8',
  'active-box': '#11284a',
  fired: '#f778ba',
};

/**
 * Returns the style sheet of a picture. Every rule names the picture's class, so that nothing else in a page changes.
 *
 * A page that shows a running machine sets the class `active` on a state's element, and `fired` on an arrow, its label,
 * or a text in the label.
 */
export function styleSheet(): string {
  return `
.statechart{${colours(light)}font-family:'Helvetica Neue',Helvetica,Arial,'Liberation Sans',system-ui,sans-serif;font-size:${TEXT_SIZE}px}
@media (prefers-color-scheme:dark){.statechart{${colours(dark)}}}
.statechart text{fill:var(--text);white-space:pre}
.statechart .back{fill:var(--back)}
.statechart .box{fill:var(--box);stroke:var(--line);stroke-width:1.3}
.statechart .compound>.box,.statechart .parallel>.box{fill:var(--inside)}
.statechart .machine>.box{fill:none;stroke:none}
.statechart .border{fill:none;stroke:var(--line);stroke-width:1}
.statechart .rule{stroke:var(--line);stroke-width:1;opacity:.5}
.statechart .name{font-size:${NAME_SIZE}px;font-weight:bold}
.statechart .machine>.name{font-size:${NAME_SIZE + 2}px}
.statechart .description,.statechart .note{fill:var(--soft)}
.statechart .start,.statechart .tip{fill:var(--line)}
.statechart .route{fill:none;stroke:var(--line);stroke-width:1.4}
.statechart .always .route{stroke:var(--always);stroke-dasharray:5 4}
.statechart .plate{fill:var(--plate);stroke:var(--back);stroke-width:1}
.statechart .always .plate{stroke:var(--always);stroke-dasharray:3 3}
.statechart .more{fill:var(--soft);font-style:italic}
.statechart .active>.box{stroke:var(--active);stroke-width:2.4;fill:var(--active-box)}
.statechart .fired .route{stroke:var(--fired);stroke-width:2.6}
.statechart tspan.fired{fill:var(--fired)}
.statechart .fired .plate{stroke:var(--fired);stroke-dasharray:none}
`;
}

function colours(palette: Readonly<Record<string, string>>): string {
  return Object.entries(palette)
    .map(([name, value]) => `--${name}:${value};`)
    .join('');
}
