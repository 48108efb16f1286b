export async function count(words: readonly string[]): Promise<number> {
  return await words.length;
}
