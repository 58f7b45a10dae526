/** Functions and training steps that are recorded once and run as one TensorFlow graph. */
export {compileFunction, type CompiledFunction} from './function';
export {adam, adamW, rmsProp, sgd, type Optimizer} from './optimizers';
export {isCompiling} from './program';
export {RecordingError} from './refusals';
export {compileStep, type Batch, type CompiledStep, type Losses, type Player} from './step';
export {leavingVariables} from './unchanged';
