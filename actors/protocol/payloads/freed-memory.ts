/** The bytes of the block. glibc learns nothing from more than 32 MB. */
const BLOCK = 31 * 1024 * 1024;

let isKept = false;

/**
 * Makes the process keep the memory of freed buffers for the next ones. By default glibc gives it back to the system as
 * soon as a few large buffers are free together. Each new buffer then costs page faults, which take as long as the
 * copying or longer.
 *
 * glibc learns from the largest block that a process has freed: it keeps up to twice as many free bytes at the end of
 * each heap (`M_TRIM_THRESHOLD` and `M_MMAP_THRESHOLD` in mallopt(3)). V8 frees about as many at once: it lets 64 MB of
 * buffers become garbage before it collects them. So this function allocates a block that nothing uses: V8 frees it
 * soon, and the system never has to provide its memory. With another allocator this changes nothing.
 */
export function keepFreed(): void {
  if (isKept) return;
  isKept = true;
  try {
    Buffer.allocUnsafeSlow(BLOCK);
  } catch {
    // A process with a limit on its addresses goes on without.
  }
}
