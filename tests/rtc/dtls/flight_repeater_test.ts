import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { FlightRepeater } from "../../../src/rtc/dtls/flight_repeater.ts";
import { readSequence, RECORD_OVERHEAD, TEXT_OFFSET } from "../../../src/rtc/dtls/record/layout.ts";
import { nodeBackend } from "../../../src/rtc/dtls/record/node_backend.ts";
import { records } from "../../../src/rtc/dtls/record_header.ts";

const keys = { key: new Uint8Array(randomBytes(16)), salt: new Uint8Array(randomBytes(4)) };

function plain(sequence: number, text: number[]): Uint8Array {
  return new Uint8Array([22, 254, 253, 0, 0, 0, 0, 0, 0, 0, sequence, 0, text.length, ...text]);
}

function sealed(sequence: number, text: Uint8Array): Uint8Array {
  const record = new Uint8Array(RECORD_OVERHEAD + text.byteLength);
  nodeBackend.sealingKey(keys.key, keys.salt).seal(22, 1, sequence, [text], record, 0);
  return record;
}

function opened(record: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(record);
  assert.ok(nodeBackend.openingKey(keys.key, keys.salt).open(bytes), "it is authentic");
  return bytes.subarray(TEXT_OFFSET, bytes.byteLength - 16);
}

Deno.test("flight repeater: what is sent for the first time stays as it is", () => {
  const repeater = new FlightRepeater(() => keys);
  for (const datagram of [plain(0, [1]), plain(5, [2]), sealed(6, new Uint8Array(24))]) {
    assert.equal(repeater.renew(datagram), datagram);
  }
});

Deno.test("flight repeater: repeated records get numbers that were never sent, and the same text", () => {
  const repeater = new FlightRepeater(() => keys);
  const finished = new Uint8Array(randomBytes(24));
  const flight = [
    new Uint8Array([...plain(3, [1, 2]), ...plain(4, [3])]),
    plain(5, [4]),
    sealed(6, finished),
  ];
  const seen = new Set<string>();
  for (let repetition = 0; repetition < 5; repetition++) {
    const texts: number[][] = [];
    for (const datagram of flight) {
      for (const { epoch, bytes, fragment } of records(repeater.renew(datagram))) {
        const number = `${epoch}:${readSequence(bytes)}`;
        assert.ok(!seen.has(number), `${number} is sent twice`);
        seen.add(number);
        texts.push([...(epoch === 0 ? fragment : opened(bytes))]);
      }
    }
    assert.deepEqual(texts, [[1, 2], [3], [4], [...finished]]);
  }
});

Deno.test("flight repeater: without keys of a known kind Finished is repeated as it was", () => {
  const repeater = new FlightRepeater(() => undefined);
  const finished = sealed(6, new Uint8Array(24));
  assert.equal(repeater.renew(finished), finished);
  assert.equal(repeater.renew(finished), finished);
  const other = { key: new Uint8Array(16), salt: new Uint8Array(4) };
  const wrong = new FlightRepeater(() => other);
  wrong.renew(finished);
  assert.equal(wrong.renew(finished), finished);
});

Deno.test("flight repeater: application data is not its affair", () => {
  const repeater = new FlightRepeater(() => keys);
  const data = new Uint8Array(40);
  data.set([23, 254, 253, 0, 1, 0, 0, 0, 0, 0, 1, 0, 27]);
  repeater.renew(sealed(6, new Uint8Array(24)));
  assert.equal(repeater.renew(data), data);
});
