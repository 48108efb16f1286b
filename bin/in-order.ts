/** What `runInOrder` is told beside its items. */
interface Work<T> {
  /** How many items are under way at most, those whose turn has not come among them. At least 1. */
  readonly most: number;
  /** Never rejects. */
  readonly run: (item: T) => Promise<string>;
  readonly print: (outcome: string) => void;
  /** No item can come: there is no room for one until an outcome is printed, or there are no more. */
  readonly onHalt: () => void;
  /** There is room again. */
  readonly onGo: () => void;
}

/** Runs items while they come, and prints each outcome as soon as it and all before it are there. */
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
