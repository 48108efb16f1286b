/** The options of `runInOrder`. */
interface Work<T> {
  /** The most items under way, including those that wait for their turn to be printed. At least 1. */
  readonly most: number;
  /** Runs one item. Never rejects. */
  readonly run: (item: T) => Promise<string>;
  readonly print: (outcome: string) => void;
  /** Is called when reading stops: an outcome must be printed first, or there are no more items. */
  readonly onHalt: () => void;
  /** Is called when reading starts again. */
  readonly onGo: () => void;
}

/** Runs items as they arrive. Prints each outcome as soon as it and all earlier outcomes are there. */
export async function runInOrder<T>(
  items: AsyncIterable<T>,
  { most, run, print, onHalt, onGo }: Work<T>,
): Promise<void> {
  let underWay = 0;
  let printed = Promise.resolve();
  let onRoom = () => {};
  for await (const item of items) {
    underWay++;
    const outcome = run(item);
    printed = printed.then(async () => {
      print(await outcome);
      underWay--;
      onRoom();
    });
    if (underWay < most) continue;
    const room = new Promise<void>((resolve) => {
      onRoom = resolve;
    });
    onHalt();
    await room;
    onGo();
  }
  onHalt();
  await printed;
}
