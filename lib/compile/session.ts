/** A recorded graph, loaded into TensorFlow and ready to run. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type {Graph} from './graph';
import {nativeBackend, type Output} from './native';

export class Session {
  private readonly binding = nativeBackend().binding;
  private id: number | undefined;

  /**
   * Hands the graph over as a SavedModel, the only door that the binding has, in a folder that is gone afterwards.
   * @throws Error if that folder cannot be written, or TensorFlow refuses the graph.
   */
  constructor(graph: Graph) {
    const folder = write(graph.serialize());
    try {
      this.id = this.binding.loadSavedModel(folder, 'serve');
    } catch (error) {
      throw new Error(
        `compile: TensorFlow cannot load the graph (${(error as Error).message}); train with COURSE_COMPILE=off`,
        {cause: error},
      );
    } finally {
      fs.rmSync(folder, {recursive: true, force: true});
    }
  }

  /** Runs the nodes that the outputs need. Names are joined by commas; the caller frees what comes back. */
  run(inputs: number[], inputNames: string, outputNames: string): Output[] {
    if (this.id === undefined) throw new Error('session: it has been disposed');
    return this.binding.runSavedModel(this.id, inputs, inputNames, outputNames);
  }

  dispose(): void {
    if (this.id !== undefined) this.binding.deleteSavedModel(this.id);
    this.id = undefined;
  }
}

function write(bytes: Uint8Array): string {
  const base = os.tmpdir();
  let folder: string | undefined;
  try {
    folder = fs.mkdtempSync(path.join(base, 'course-graph-'));
    fs.writeFileSync(path.join(folder, 'saved_model.pb'), bytes);
    return folder;
  } catch (error) {
    if (folder) fs.rmSync(folder, {recursive: true, force: true});
    throw new Error(
      `compile: expected to write a graph of ${bytes.length} bytes below ${base}, got ${(error as Error).message}; ` +
        'make room there, let TMPDIR name a folder that can be written, or train with COURSE_COMPILE=off',
    );
  }
}
