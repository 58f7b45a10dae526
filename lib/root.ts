/** Where the project lies: this file runs as dist/lib/root.js. */
import * as path from 'node:path';

export const projectRoot = path.resolve(__dirname, '..', '..');
