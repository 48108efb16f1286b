const sandboxed = ['bullmq sandboxed', 'bullmq threads'];

/**
 * A fleet of two nodes on Redis, beside BullMQ's own workers: two processes as well, with as many sandboxed processors as
 * the nodes have workers. `ahead`: the next tasks are in the node before a worker is free. `one`: each process performs one task at a
 * time.
 */
export const fleet = [
  {
    title: 'a fleet of two nodes on Redis, quick tasks',
    workload: 'remote',
    options: { tasks: 4000, inFlight: 256 },
    base: 'bullmq sandboxed',
    subjects: [...sandboxed, 'bullmq plain', 'fleet', 'fleet ahead'],
    needs: ['redis-server'],
    isLong: true,
    goals: [
      { subject: 'fleet ahead', of: ['bullmq sandboxed'], least: 1.2 },
      { subject: 'fleet ahead', of: ['bullmq threads'], stretch: 1.2 },
    ],
  },
  {
    title: 'a fleet of two nodes on Redis, tasks of 20 ms',
    workload: 'remote',
    options: { tasks: 200, us: 20_000, inFlight: 16 },
    base: 'bullmq plain, one',
    subjects: ['bullmq plain, one', 'fleet, one', 'fleet, one ahead'],
    needs: ['redis-server'],
    isLong: true,
    goals: [
      { subject: 'fleet, one ahead', of: ['bullmq plain, one'], least: 0.95 },
      { subject: 'fleet, one', of: ['bullmq plain, one'], stretch: 0.95 },
    ],
  },
];
