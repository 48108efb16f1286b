/** Does what the variable FAULT says, in the first worker that comes here. */
const { writeFileSync } = require('node:fs');

const faults = {
  'kill -9': () => process.kill(process.pid, 'SIGKILL'),
  'exit(0)': () => process.reallyExit(0),
  'exit(1)': () => process.reallyExit(1),
  hang() {
    for (;;);
  },
  'out of memory'() {
    const all = [];
    for (;;) all.push(new Array(100_000).fill(all.length));
  },
};

module.exports = () => {
  const { FAULT = 'none', FAULT_MARK = '' } = process.env;
  if (faults[FAULT] === undefined) return;
  try {
    writeFileSync(FAULT_MARK, '', { flag: 'wx' });
  } catch {
    return;
  }
  faults[FAULT]();
};
