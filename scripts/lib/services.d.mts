/** See services.mjs. Each answers the program's path, or null. */
export function findRedis(): string | null;
export function findMinio(): string | null;
export function findBalancer(): string | null;
export function ensureRedis(): string | null;
export function ensureMinio(): string | null;
export function ensureBalancer(): string | null;
export function findPrometheus(): string | null;
export function findPromtool(): string | null;
