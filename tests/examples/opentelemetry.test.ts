import { spawn } from 'node:child_process';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import test from 'ava';
import { AsyncContexts, traceTasks } from '../../examples/opentelemetry.ts';
import { ended } from '../support/cli.ts';
import { echo, jobs } from '../support/jobs.ts';
import { errorOf } from '../support/outcome.ts';
import { opener } from '../support/pool.ts';
import { root } from '../support/sources.ts';

test('each task has a span under its caller, with its worker, its outcome and its duration', async (t) => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncContexts());
  const tracer = trace.getTracer('test');
  const stop = traceTasks(tracer);
  t.teardown(stop);
  const pool = opener(t, 'process')(jobs());
  const next = echo(3);
  await tracer.startActiveSpan('request', async (request) => {
    await pool.run(echo(1, { verdict: () => ({ type: 'stay', competence: undefined, tasks: [next] }) }));
    await errorOf(pool.run(echo(2, { verdict: () => ({ type: 'leave' }) as never })));
    request.end();
  });
  await pool.join();
  stop();
  await pool.run(echo(4));
  const spans = exporter.getFinishedSpans();
  const request = spans.find(({ name }) => name === 'request');
  const tasks = spans.filter(({ name }) => name === 'jobs task');
  t.is(tasks.length, 3);
  for (const span of tasks) {
    t.is(span.parentSpanContext?.spanId, request?.spanContext().spanId);
    t.is<string | undefined, string | undefined>(span.spanContext().traceId, request?.spanContext().traceId);
    t.like(span.attributes, { 'statepool.pool': pool.id, 'statepool.dispatches': 1 });
    t.regex(String(span.attributes['statepool.worker']), /^jobs:0:\d$/);
    t.true(span.duration[0] > 0 || span.duration[1] > 0);
  }
  const failed = tasks.filter(({ status }) => status.code === SpanStatusCode.ERROR);
  t.is(failed.length, 1);
  t.like(failed[0], { status: { message: 'KIND' }, attributes: { 'statepool.outcome': 'KIND' } });
  t.is(failed[0]?.events[0]?.name, 'exception');
  t.is(tasks.filter(({ attributes }) => attributes['statepool.origin'] === 'jobs:0:1').length, 1);
});

test('the example runs as a program and prints its spans', async (t) => {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, ['--import=tsx', 'examples/opentelemetry.ts'], { cwd: root, env });
  const { code, stdout, stderr } = await ended(child);
  t.is(code, 0, stderr);
  t.is(stdout.match(/name: 'lookup task'/g)?.length, 2);
  t.regex(stdout, /'statepool.outcome': 'CANCELLED'/);
  t.regex(stdout, /'statepool.worker': 'lookup:0:1'/);
  t.regex(stdout, /name: 'request'/);
});
