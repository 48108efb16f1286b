// Asks the daemon about files of a project: node examples/typed-lint/lint.js SOCKET PROJECT FILE ... The exit code is that of eslint.
import { connect } from 'node:net';
import { relative, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const [socket, folder, ...files] = process.argv.slice(2);
const project = resolve(folder);
const connection = connect(socket);
connection.write(`${JSON.stringify({ project, files })}\n`);
const { results, error } = JSON.parse(await text(connection));
if (error !== undefined) console.error(error);
for (const { filePath, messages } of results ?? [])
  for (const { line, column, ruleId, message } of messages)
    console.log(`${relative(project, filePath)}:${line}:${column} ${ruleId} ${message}`);
const isClean = results?.every(({ errorCount }) => errorCount === 0);
process.exitCode = error === undefined ? (isClean ? 0 : 1) : 2;
