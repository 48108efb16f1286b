import test from 'ava';
import { begunOn, claim, close, createBoard, reopen } from '../../actors/protocol/claim-counter.ts';

test('a closed board lets nothing begin until it was reopened as often as it was closed', (t) => {
  const board = createBoard();
  t.true(claim(board));
  t.true(claim(board));
  close(board);
  t.is(begunOn(board, 1), 2);
  close(board);
  t.false(claim(board));
  reopen(board);
  t.false(claim(board));
  reopen(board);
  t.true(claim(board));
  t.is(begunOn(board, 0), 3);
});

test('the count goes on when its word has gone round', (t) => {
  const board = createBoard();
  for (let i = 0; i < 2 ** 20 + 5; i++) if (!claim(board)) t.fail();
  t.is(begunOn(board, 2 ** 20), 2 ** 20 + 5);
  close(board);
  t.is(begunOn(board, 2 ** 20 + 5), 2 ** 20 + 5);
  t.false(claim(board));
});
