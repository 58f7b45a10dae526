/**
 * A TensorFlow graph while it is being written: nodes by name, equal nodes kept once, and the bytes of a
 * SavedModel at the end. The messages are those of tensorflow/core/framework/{graph,node_def,attr_value}.proto,
 * whose classes come with tfjs-node.
 */
import {createHash} from 'node:crypto';
import type * as tf from '../tf';
import {nativeBackend, type Attribute, type Binding} from './native';

/** The output of a node, e.g. "MatMul_3:0". */
export type NodeOutput = string;

export class Graph {
  private readonly binding: Binding = nativeBackend().binding;
  private readonly messages = protobuf();
  private readonly graph = new this.messages.GraphDef();
  private readonly known = new Map<string, string>();
  /** One line per node, in order: two recordings of the same function have the same lines. */
  readonly lines: string[] = [];

  constructor() {
    const version = new this.messages.VersionDef();
    version.setProducer(1087); // not 0: TensorFlow reads the graphs of its first versions by other rules
    this.graph.setVersions(version);
  }

  /** Number of nodes. */
  get size(): number {
    return this.lines.length;
  }

  /**
   * The name of a node with this operation, inputs and attributes; an equal one that is there already
   * serves again, because all of these operations depend on their inputs alone.
   */
  node(op: string, inputs: NodeOutput[], attributes: Attribute[] = []): string {
    const key = `${op}(${inputs.join(', ')}) ${JSON.stringify(attributes)}`;
    return this.known.get(key) ?? this.add(key, op, inputs, attributes);
  }

  /** A node that is added even if there is an equal one: it changes a variable, or is known by `name`. */
  effect(op: string, inputs: NodeOutput[], attributes: Attribute[] = [], name?: string): string {
    return this.add(
      `${op}(${inputs.join(', ')}) ${JSON.stringify(attributes)}`,
      op,
      inputs,
      attributes,
      name,
    );
  }

  /** A line for comparison that makes no node. */
  note(line: string): void {
    this.lines.push(line);
  }

  /** A constant. */
  constant(values: tf.TypedArray, shape: number[], dtype: number): NodeOutput {
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    const content =
      bytes.length <= 64 ? Array.from(values).join(' ') : createHash('sha1').update(bytes).digest('hex');
    const key = `Const [${shape.join(', ')}] ${dtype} ${content}`;
    return `${this.known.get(key) ?? this.addConstant(key, bytes, values, shape, dtype)}:0`;
  }

  /** The bytes of saved_model.pb. */
  serialize(): Uint8Array {
    const {messages} = this;
    const info = new messages.MetaGraphDef.MetaInfoDef();
    info.addTags('serve');
    const meta = new messages.MetaGraphDef();
    meta.setMetaInfoDef(info);
    meta.setGraphDef(this.graph);
    const model = new messages.SavedModel();
    model.setSavedModelSchemaVersion(1);
    model.addMetaGraphs(meta);
    return model.serializeBinary();
  }

  private add(key: string, op: string, inputs: NodeOutput[], attributes: Attribute[], as?: string): string {
    const name = this.begin(key, op, as);
    const node = this.newNode(name, op);
    node.setInputList(inputs);
    for (const attribute of attributes) node.getAttrMap().set(attribute.name, this.attribute(attribute));
    return name;
  }

  private addConstant(
    key: string,
    bytes: Buffer,
    values: tf.TypedArray,
    shape: number[],
    dtype: number,
  ): string {
    const tensor = new this.messages.Tensor();
    tensor.setDtype(dtype);
    tensor.setTensorShape(this.shape(shape));
    // One value stands for a tensor that is full of it, such as the ones and zeros of many gradients.
    if (dtype === this.binding.TF_FLOAT && values.length > 1 && values.every((v) => Object.is(v, values[0])))
      tensor.setFloatValList([values[0]]);
    else tensor.setTensorContent(new Uint8Array(bytes));
    const name = this.begin(key, 'Const');
    const value = new this.messages.AttrValue();
    value.setTensor(tensor);
    const type = new this.messages.AttrValue();
    type.setType(dtype);
    this.newNode(name, 'Const').getAttrMap().set('value', value).set('dtype', type);
    return name;
  }

  private begin(key: string, op: string, name = `${op}_${this.lines.length}`): string {
    this.known.set(key, name);
    this.lines.push(key);
    return name;
  }

  private newNode(name: string, op: string): Message {
    const node = new this.messages.NodeDef();
    node.setName(name);
    node.setOp(op);
    this.graph.addNode(node);
    return node;
  }

  private shape(shape: number[]): Message {
    const message = new this.messages.TensorShape();
    for (const size of shape) {
      const dim = new this.messages.TensorShape.Dim();
      dim.setSize(size);
      message.addDim(dim);
    }
    return message;
  }

  private attribute({name, type, value}: Attribute): Message {
    const {binding, messages} = this;
    const message = new messages.AttrValue();
    const list = new messages.AttrValue.ListValue();
    const many = Array.isArray(value) && type !== binding.TF_ATTR_SHAPE;
    if (many) message.setList(list);
    if (type === binding.TF_ATTR_TYPE) {
      if (many) list.setTypeList(value);
      else message.setType(value);
    } else if (type === binding.TF_ATTR_INT) {
      if (many) list.setIList(value);
      else message.setI(value);
    } else if (type === binding.TF_ATTR_FLOAT) {
      if (many) list.setFList(value);
      else message.setF(value);
    } else if (type === binding.TF_ATTR_BOOL) {
      if (many) list.setBList(value);
      else message.setB(value);
    } else if (type === binding.TF_ATTR_STRING) {
      if (many) list.setSList(value.map((text: string) => Buffer.from(text)));
      else message.setS(Buffer.from(value as string));
    } else if (type === binding.TF_ATTR_SHAPE) message.setShape(this.shape(value as number[]));
    else throw new Error(`attribute ${name}: expected a type, number, text or shape, got kind ${type}`);
    return message;
  }
}

// The generated classes have no types.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Message = any;

function protobuf(): Message {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('@tensorflow/tfjs-node/dist/proto/api_pb');
}
