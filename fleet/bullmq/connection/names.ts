/** BullMQ refuses ids that are numbers. */
const NUMBER_LIKE = /^n*-?\d+$/;

/** Returns the name of a queue or the id of a task as BullMQ takes it: without `:`, and not a bare number. */
export function jobIdOf(id: string): string {
  const text = id.replaceAll('%', '%25').replaceAll(':', '%3A').replaceAll('\0', '%00');
  return NUMBER_LIKE.test(text) ? `n${text}` : text;
}

/** Returns the id in a text of `jobIdOf`. */
export function idOf(jobId: string): string {
  const text = NUMBER_LIKE.test(jobId) ? jobId.slice(1) : jobId;
  return text.replaceAll('%00', '\0').replaceAll('%3A', ':').replaceAll('%25', '%');
}

/** Returns a part of a topic as BullMQ's relay takes it: letters, digits and `-`; any other byte is `_` and its number. */
export function partOf(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9-]/gu, (letter) =>
    [...Buffer.from(letter)].map((byte) => `_${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}

/** Returns the text in a part of `partOf`. */
export function textOfPart(part: string): string {
  const bytes = part.replaceAll('-', '%2D').replaceAll('_', '%');
  return decodeURIComponent(bytes);
}

/** Returns a topic as BullMQ's relay takes it. */
export function topicOf(topic: string): string {
  return topic.split('.').map(partOf).join('.');
}
