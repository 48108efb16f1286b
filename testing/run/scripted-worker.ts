/** The module that a scripted worker imports. Takes the name of the kind under test from its own URL. */
import type { Kind, PerformContext } from '../../kinds/kind.ts';
import { createScript, type ScriptedNote, type ScriptedRequest } from './script.ts';

const script = createScript();

const kind: Kind<{ task: ScriptedRequest; request: ScriptedRequest; response: unknown; feedback: never }> = {
  name: new URL(import.meta.url).searchParams.get('name') ?? '',
  url: import.meta.url,
  requestOfTask: (_status, request) => request,
  perform: (request, context) => script.perform(request, context as PerformContext<ScriptedNote>),
  receiveFeedback: (instruction) => script.receiveFeedback(instruction),
};

export default kind;
