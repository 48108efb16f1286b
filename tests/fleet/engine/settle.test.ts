import test from 'ava';
import { type Completion, settleSurely } from '../../../fleet/engine/settle.ts';

/** Returns a completion that answers as listed, and what was asked of it. */
function scripted(...answers: Array<'accepted' | 'refused' | 'none' | { recorded: string | undefined }>) {
  const asked: string[] = [];
  const take = (what: string) => {
    asked.push(what);
    const answer = answers.shift();
    if (answer === 'none' || answer === undefined) throw new Error('no answer');
    return answer;
  };
  const completion: Completion = {
    complete: async () => take('complete') as 'accepted',
    recorded: async () => (take('recorded') as { recorded: string | undefined }).recorded,
  };
  return { completion, asked };
}

const noWait = async () => {};

test('an end that is accepted is asked for once', async (t) => {
  const { completion, asked } = scripted('accepted');
  t.is(await settleSurely(completion, 'mine', noWait), 'accepted');
  t.deepEqual(asked, ['complete']);
});

test('an end without an answer is repeated, with longer and longer waits', async (t) => {
  const { completion, asked } = scripted('none', 'none', 'none', 'none', 'none', 'none', 'none', 'accepted');
  const waits: number[] = [];
  t.is(await settleSurely(completion, 'mine', async (ms) => void waits.push(ms)), 'accepted');
  t.is(asked.length, 8);
  t.deepEqual(waits, [50, 100, 200, 400, 800, 1000, 1000]);
});

test('a refused end is accepted if the engine has recorded it: only the answer was lost', async (t) => {
  const { completion, asked } = scripted('none', 'refused', { recorded: 'mine' });
  t.is(await settleSurely(completion, 'mine', noWait), 'accepted');
  t.deepEqual(asked, ['complete', 'complete', 'recorded']);
});

test('a refused end is refused if the engine has another one, or none', async (t) => {
  for (const recorded of ['theirs', undefined]) {
    const { completion } = scripted('refused', { recorded });
    t.is(await settleSurely(completion, 'mine', noWait), 'refused');
  }
});

test('a look without an answer is repeated with the end', async (t) => {
  const { completion, asked } = scripted('refused', 'none', 'refused', { recorded: 'mine' });
  t.is(await settleSurely(completion, 'mine', noWait), 'accepted');
  t.deepEqual(asked, ['complete', 'recorded', 'complete', 'recorded']);
});

test('whoever waits may give up', async (t) => {
  const { completion } = scripted('none');
  const giveUp = async () => {
    throw new Error('closed');
  };
  await t.throwsAsync(settleSurely(completion, 'mine', giveUp), { message: 'closed' });
});
