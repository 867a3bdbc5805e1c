import type { Abstract } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';

/** What some module of the app provides for a port, or undefined. Call it from `onModuleInit`, when all providers exist. */
export function findPort<T>(modules: ModuleRef, port: Abstract<T>): T | undefined {
  try {
    return modules.get<Abstract<T>, T>(port, { strict: false });
  } catch {
    return undefined;
  }
}
