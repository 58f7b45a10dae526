import * as assert from 'node:assert/strict';
import {createHmac} from 'node:crypto';
import {createMessage, decode, encode} from '../../tools/kernel/wire';

const KEY = 'a1b2';

describe('a message on the wire', () => {
  it('is read back as it was written', () => {
    const message = {...createMessage('execute_request', {code: 'π'}), identities: [Buffer.from('route')]};
    assert.deepEqual(decode(frames(message), KEY), message);
  });

  it('carries the signature that Jupyter computes', () => {
    const message = createMessage('status', {execution_state: 'idle'});
    const [delimiter, signature, ...parts] = frames(message).map(String);
    assert.equal(delimiter, '<IDS|MSG>');
    assert.equal(signature, createHmac('sha256', KEY).update(parts.join('')).digest('hex'));
  });

  it('answers its request: parent, session and route are the same', () => {
    const request = {...createMessage('kernel_info_request', {}), identities: [Buffer.from('route')]};
    const reply = createMessage('kernel_info_reply', {}, request);
    assert.deepEqual(reply.parent, request.header);
    assert.equal(reply.header.session, request.header.session);
    assert.deepEqual(reply.identities, request.identities);
    assert.notEqual(reply.header.msg_id, request.header.msg_id);
  });

  it('is refused when it was signed with another key, or altered', () => {
    const message = createMessage('status', {});
    assert.throws(() => decode(frames(message), 'other'), /signed with another key/);
    const altered = frames(message);
    altered[altered.length - 1] = Buffer.from('{"a":1}');
    assert.throws(() => decode(altered, KEY), /signed with another key/);
  });

  it('is refused when frames are missing', () => {
    assert.throws(
      () => decode(frames(createMessage('status', {})).slice(0, 4), KEY),
      /five frames after it, got 4/,
    );
  });
});

function frames(message: ReturnType<typeof createMessage>): Buffer[] {
  return encode(message, KEY).map((frame) => Buffer.from(frame));
}
