// Checks the projects of a monorepo on warm servers, then one edited file: node examples/type-checker/main.js FOLDER ...
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createPool } from 'statepool';
import typescript from 'statepool/kinds/typescript';

const projects = process.argv.slice(2).map((folder) => resolve(folder, 'tsconfig.json'));
const pool = createPool(typescript, { size: Math.max(1, projects.length) });
const show = ({ file, line, column, code, message }) =>
  console.log(`${file}(${line},${column}): TS${code}: ${message}`);

const results = await Promise.all(projects.map((project) => pool.run({ type: 'project', project })));
for (const { diagnostics } of results) diagnostics.forEach(show);
console.log(`${projects.length} projects, ${results.reduce((sum, { started }) => sum + started, 0)} servers started`);

// An editor asks about a text that is not saved yet: the worker that holds the project answers.
const [project] = projects;
const file = join(project, '../main.ts');
const texts = { [file]: `${readFileSync(file, 'utf8')}\nexport const edited: string = 1;\n` };
const { diagnostics, started } = await pool.run({ type: 'file', project, file, texts });
diagnostics.forEach(show);
console.log(`one edited file, ${started} servers started`);
await pool.close();
