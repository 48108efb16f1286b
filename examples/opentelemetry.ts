/** Makes a span for each task of every pool of this program, under the span of the caller. Run it: npx tsx examples/opentelemetry.ts */
import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { pathToFileURL } from 'node:url';
import {
  type Context,
  type ContextManager,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { BasicTracerProvider, ConsoleSpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createPool, type TaskTrace } from 'statepool';

/** Starts to make spans. Call the returned function to stop. */
export function traceTasks(tracer: Tracer): () => void {
  const spans = new WeakMap<object, Span>();
  const subscribers = {
    // The pool calls this within `run`: the caller's span is active.
    start(message: unknown) {
      const task = message as TaskTrace;
      const attributes = {
        'statepool.pool': task.pool,
        'statepool.kind': task.kind,
        'statepool.priority': task.priority,
        ...(task.origin === undefined ? {} : { 'statepool.origin': task.origin }),
      };
      spans.set(task, tracer.startSpan(`${task.kind} task`, { kind: SpanKind.INTERNAL, attributes }, context.active()));
    },
    end() {},
    asyncStart() {},
    error(message: unknown) {
      const task = message as TaskTrace;
      const span = spans.get(task);
      span?.recordException(task.error instanceof Error ? task.error : String(task.error));
      span?.setStatus({ code: SpanStatusCode.ERROR, message: String(task.outcome) });
    },
    asyncEnd(message: unknown) {
      const task = message as TaskTrace;
      const span = spans.get(task);
      span?.setAttribute('statepool.outcome', String(task.outcome));
      span?.setAttribute('statepool.dispatches', task.dispatches);
      if (task.worker !== undefined) span?.setAttribute('statepool.worker', task.worker);
      span?.end();
    },
  };
  const tasks = tracingChannel('statepool:task');
  tasks.subscribe(subscribers);
  return () => tasks.unsubscribe(subscribers);
}

/** Keeps the active span across `await`. If your program has `@opentelemetry/context-async-hooks`, use that package instead. */
export class AsyncContexts implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context,
    body: F,
    self?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(active, () => body.apply(self, args));
  }

  bind<T>(active: Context, target: T): T {
    if (typeof target !== 'function') return target;
    return ((...args: unknown[]) => this.#storage.run(active, () => target(...args))) as T;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.#storage.disable();
    return this;
  }
}

async function main(): Promise<void> {
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncContexts());
  const tracer = trace.getTracer('statepool-example');
  const stop = traceTasks(tracer);
  const { default: lookup } = await import(new URL('lookup/lookup.js', import.meta.url).href);
  const pool = createPool(lookup, { size: 1 });
  await tracer.startActiveSpan('request', async (request) => {
    await pool.run({ file: 'README.md', word: 'worker' });
    await pool.run({ file: 'no such file', word: 'worker' }, { signal: AbortSignal.abort() }).catch(() => {});
    request.end();
  });
  await pool.destroy();
  stop();
  await provider.shutdown();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
