/** Saves a text. */
export async function save(text: string): Promise<number> {
  return text.length;
}
