import { save } from './save.js';

export function main(): void {
  save('a floating promise');
}
