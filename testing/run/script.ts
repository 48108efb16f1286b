import { threadId } from 'node:worker_threads';
import type { PerformContext } from '../../kinds/kind.ts';

/** The request to a scripted worker: the number of the order, and the request of the kind under test. */
export interface ScriptedRequest {
  readonly order: number;
  readonly request: unknown;
}

/** A message of a scripted worker: it performs an order, or it is about to block its thread for good. */
export interface ScriptedNote {
  readonly begun?: number;
  readonly spinning?: number;
  readonly pid: number;
}

/** An instruction to a scripted worker, addressed by the number of its order, or by its process or thread. */
export type Instruction =
  | { readonly order: number; readonly do: 'answer'; readonly response: unknown }
  | { readonly order: number; readonly do: 'throw' | 'unserialisable' | 'spin' | 'exit' | 'uncaught' | 'disconnect' }
  | { readonly pid: number; readonly threadId: number; readonly do: 'exit' };

/** The two functions of a kind that run in the worker. */
export interface Script {
  perform(request: ScriptedRequest, context: PerformContext<ScriptedNote>): Promise<unknown>;
  receiveFeedback(instruction: Instruction): void;
}

/** Makes a worker that performs nothing: it reports each request and then follows its instruction. */
export function createScript(): Script {
  const waiting = new Map<number, (instruction: Instruction) => void>();
  return {
    async perform({ order }, { feedback }) {
      const instructed = new Promise<Instruction>((resolve) => waiting.set(order, resolve));
      feedback({ begun: order, pid: process.pid });
      const instruction = await instructed;
      waiting.delete(order);
      return obey(instruction, feedback);
    },
    receiveFeedback(instruction) {
      if ('order' in instruction) waiting.get(instruction.order)?.(instruction);
      else if (instruction.pid === process.pid && instruction.threadId === threadId) process.exit(0);
    },
  };
}

function obey(instruction: Instruction, feedback: (note: ScriptedNote) => void): unknown {
  switch (instruction.do) {
    case 'answer':
      return instruction.response;
    case 'throw':
      throw new Error('thrown');
    case 'unserialisable':
      return { response: () => {} };
    case 'exit':
      return process.exit(3);
    case 'disconnect':
      process.disconnect();
      break;
    case 'uncaught':
      setImmediate(() => {
        throw new Error('thrown into the void');
      });
      break;
    case 'spin':
      feedback({ spinning: instruction.order, pid: process.pid });
      for (;;);
  }
  return new Promise(() => {});
}
