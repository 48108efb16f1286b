/** The most characters of a message in a cell. */
const SHORT = 60;
/** The task that only starts the worker, and the tasks that come last: these cannot be late. */
const FIRST = 'W';
const LAST = /^[DZ]$/;

/**
 * Returns the verdict on an observation: the `text` of the cell, and the `faults`, which differ from the row's wishes.
 * A pool without faults passes.
 */
export function verdictOf(row, subject, observation) {
  const { tasks, uncaught, isDone, ending, notes } = observation;
  const names = Object.keys(tasks);
  const further = row.faultsOf?.({ ...observation, tasks: withAll(row, tasks) }) ?? [];
  const faults = [
    ...Object.entries(row.wants).flatMap(([name, want]) => faultOf(name, want, tasks[name], observation.tries[name])),
    ...(subject.peer === 'statepool' ? unlike(row, subject, tasks) : []),
    ...further,
    ...(uncaught.length > 0 ? [`the program gets an uncaught error: ${short(uncaught[0])}`] : []),
    ...(isDone ? [] : [endingOf(ending)]),
  ];
  const fates = names.map((name) => [name, phraseOf(name, tasks[name], observation)]);
  const words = [
    ...(notes.refused === undefined ? [] : [`the pool cannot be made: ${short(notes.refused)}`]),
    ...(row.isKilled ? [] : phrasesOf(fates.filter(([name, phrase]) => !(name === FIRST && phrase === 'done')))),
    ...further,
    ...(row.remark === undefined || further.length > 0 ? [] : [row.remark(observation, subject)]),
    ...(uncaught.length > 0 ? [`the program gets an uncaught error: ${short(uncaught[0])}`] : []),
    ...(isDone ? [] : [endingOf(ending)]),
  ];
  return { text: words.join('; '), faults };
}

/** Adds the tasks that were not submitted, because the program had ended before. They count as hanging. */
function withAll(row, tasks) {
  const missing = Object.keys(row.wants).filter((name) => !(name in tasks));
  return { ...tasks, ...Object.fromEntries(missing.map((name) => [name, { state: 'pending' }])) };
}

function faultOf(name, want, outcome, tries) {
  if (outcome === undefined) return [`${name} was never given`];
  const { state, isLate, value, error } = outcome;
  if (state === 'pending') return [`${name} hangs`];
  if (state === 'threw') return [`${name} throws`];
  if (isLate && !LAST.test(name)) return [`${name} waits for another call`];
  const isOwn = state === 'resolved' && value.of === name;
  if (state === 'resolved' && !isOwn) return [`${name} gets what is not its own`];
  if (isOwn && tries !== 1) return [`${name} was done after ${tries} tries`];
  if (want === 'done' && !isOwn) return [`${name} rejects`];
  if (want.startsWith('rejects') && isOwn) return [`${name} resolves`];
  if (want === 'rejects' && !(error.isError && error.message)) return [`${name} rejects with nothing that says why`];
  return [];
}

/** Lists differences between statepool's codes and the row's. */
function unlike({ ours = {} }, { host }, tasks) {
  return Object.entries(ours[host] ?? ours).flatMap(([name, code]) => {
    const outcome = tasks[name];
    const found = outcome?.state === 'resolved' ? 'done' : outcome?.error?.code;
    return found === code || outcome === undefined ? [] : [`${name} is ${found ?? outcome.state}, not ${code}`];
  });
}

function phraseOf(name, { state, isLate, value, error }, { tries }) {
  const late = isLate && !LAST.test(name) ? ', but only after another call' : '';
  const again = tries[name] > 1 ? ` after ${tries[name]} tries` : '';
  if (state === 'pending') return 'hang';
  if (state === 'threw') return `throw synchronously (${nameOf(error)})`;
  if (state === 'rejected') return `reject (${nameOf(error)})${again}${late}`;
  if (value.of === name) return `done${again}${late}`;
  if (value.of !== undefined) return `get the value of ${value.of}`;
  return `resolve with \`${short(value.text)}\`${late}`;
}

/** Returns the most specific name of an error. */
function nameOf({ isError, code, name, message, text }) {
  if (!isError) return `with a bare \`${short(text)}\``;
  if (typeof code === 'string') return code;
  const rest = message === '' ? 'an empty message' : short(message);
  return name === 'Error' ? rest : `${name}: ${rest}`;
}

/** Groups tasks with the same end: "A rejects (X); B, C, D done". */
function phrasesOf(fates) {
  const groups = new Map();
  for (const [name, phrase] of fates) groups.set(phrase, [...(groups.get(phrase) ?? []), name]);
  return [...groups].map(([phrase, names]) => {
    const who = names.length > 4 ? `${names[0]} to ${names.at(-1)}` : names.join(', ');
    return `${who} ${names.length === 1 ? singular(phrase) : phrase}`;
  });
}

/** Returns the verb's form for one task. */
function singular(phrase) {
  return phrase.replace(/^(hang|throw|reject|get|resolve)\b/, '$1s');
}

function endingOf(ending) {
  if (ending === 'killed') return 'the program hangs';
  return `the program ends with ${ending} while its tasks are under way`;
}

function short(text) {
  const line = String(text)
    .split('\n')[0]
    .replaceAll('|', '/')
    .replaceAll(/\/\S*\//g, '')
    .replace(/pid=\d+/, 'pid');
  return line.length > SHORT ? `${line.slice(0, SHORT)}...` : line;
}
