import assert from "node:assert/strict";
import { Answerer, OfferError } from "../../src/rtc/answerer.ts";
import type { ByteChannel } from "../../src/rtc/byte_channel.ts";
import { connect } from "../support/connect.ts";
import { STACK_NAMES, STACKS } from "../support/stacks.ts";
import { within } from "../support/within.ts";

function nextChannel(answerer: Answerer): Promise<ByteChannel> {
  return new Promise((resolve) => answerer.onchannel = resolve);
}

for (const name of STACK_NAMES) {
  Deno.test(`rtc: ${name} connects, and messages go both ways`, async () => {
    const peer = STACKS[name]();
    const answerer = new Answerer();
    try {
      const dc = peer.createDataChannel("films/ä.mp4");
      dc.binaryType = "arraybuffer";
      const echoed = new Promise<ArrayBuffer>((resolve) => {
        dc.onmessage = ({ data }) => resolve(data as ArrayBuffer);
      });
      const opened = new Promise<void>((resolve) => dc.onopen = resolve);
      const announced = nextChannel(answerer);
      await connect(peer, answerer);
      const channel = await within(15_000, "the channel", announced);
      assert.equal(channel.label, "films/ä.mp4");
      assert.equal(channel.inOrder, true);
      channel.onmessage = (message) => channel.send(new Uint8Array(message as Uint8Array));
      await within(5_000, "open", opened);
      const data = crypto.getRandomValues(new Uint8Array(40_000));
      dc.send(data.buffer);
      assert.deepEqual(new Uint8Array(await within(5_000, "the echo", echoed)), data);
      const closed = new Promise<void>((resolve) => channel.onclose = resolve);
      peer.close();
      await within(10_000, "the end at the other side", closed);
    } finally {
      peer.close();
      await answerer.close();
    }
  });

  Deno.test(`defect 22: ${name} with a channel out of order or unreliable is told apart`, async () => {
    const peer = STACKS[name]();
    const answerer = new Answerer();
    try {
      peer.createDataChannel("a", { ordered: false });
      const first = nextChannel(answerer);
      await connect(peer, answerer);
      assert.equal((await within(15_000, "the first channel", first)).inOrder, false);
      const second = nextChannel(answerer);
      peer.createDataChannel("b", { maxRetransmits: 0 });
      assert.equal((await within(5_000, "the second channel", second)).inOrder, false);
    } finally {
      peer.close();
      await answerer.close();
    }
  });
}

Deno.test("defect 7: a second offer restarts ICE under the channel that stands", async () => {
  const peer = STACKS.libwebrtc();
  const answerer = new Answerer();
  try {
    const dc = peer.createDataChannel("a");
    dc.binaryType = "arraybuffer";
    const announced = nextChannel(answerer);
    await connect(peer, answerer);
    const channel = await within(15_000, "the channel", announced);
    await until(answerer, "connected");
    const before = answerer.selectedPair;
    assert.ok(before !== undefined);
    await connect(peer, answerer, { iceRestart: true });
    assert.equal(answerer.state, "disconnected");
    await until(answerer, "connected");
    const received = new Promise<ArrayBuffer>((resolve) => {
      dc.onmessage = ({ data }) => resolve(data as ArrayBuffer);
    });
    channel.send(new Uint8Array([1, 2, 3]));
    assert.deepEqual(
      new Uint8Array(await within(10_000, "a message after", received)),
      new Uint8Array([1, 2, 3]),
    );
  } finally {
    peer.close();
    await answerer.close();
  }
});

Deno.test("rtc: an ICE restart that overtakes another leaves one connection", async () => {
  const peer = STACKS.libwebrtc();
  const answerer = new Answerer();
  try {
    const dc = peer.createDataChannel("a");
    const announced = nextChannel(answerer);
    await connect(peer, answerer);
    const channel = await within(15_000, "the channel", announced);
    await until(answerer, "connected");
    const states: string[] = [];
    answerer.onstatechange = (state) => states.push(state);
    for (let i = 0; i < 3; i++) await connect(peer, answerer, { iceRestart: true });
    assert.equal(answerer.state, "disconnected");
    await until(answerer, "connected");
    const received = new Promise<ArrayBuffer>((resolve) => {
      dc.onmessage = ({ data }) => resolve(data as ArrayBuffer);
    });
    channel.send(new Uint8Array([1, 2, 3]));
    await within(10_000, "a message after", received);
    assert.equal(answerer.state, "connected");
    assert.deepEqual(states, ["disconnected", "connected"]);
  } finally {
    peer.close();
    await answerer.close();
  }
});

Deno.test("rtc: while ICE restarts, messages go both ways over the pair of before", async () => {
  const peer = STACKS.libwebrtc();
  const answerer = new Answerer();
  try {
    const dc = peer.createDataChannel("a");
    const announced = nextChannel(answerer);
    await connect(peer, answerer);
    const channel = await within(15_000, "the channel", announced);
    await until(answerer, "connected");
    channel.onmessage = (message) => channel.send(new Uint8Array(message as Uint8Array));
    const echo = () => {
      const echoed = new Promise<void>((resolve) => dc.onmessage = () => resolve());
      dc.send(new Uint8Array([1, 2, 3]));
      return within(2_000, "the echo", echoed);
    };
    await echo();
    const offer = await peer.createOffer({ iceRestart: true });
    await peer.setLocalDescription(offer);
    const sdp = await answerer.accept(offer.sdp);
    // The peer does not have the answer yet: it knows no way but the old one.
    assert.equal(answerer.state, "disconnected");
    for (let i = 0; i < 10; i++) await echo();
    assert.equal(answerer.state, "disconnected");
    answerer.oncandidate = (candidate) => void (candidate && peer.addIceCandidate(candidate));
    await peer.setRemoteDescription({ type: "answer", sdp });
    await until(answerer, "connected");
    await echo();
  } finally {
    peer.close();
    await answerer.close();
  }
});

Deno.test("rtc: an offer of another peer leaves the connection as it is", async () => {
  const peer = STACKS.libwebrtc();
  const other = STACKS.libwebrtc();
  const answerer = new Answerer();
  try {
    peer.createDataChannel("a");
    const announced = nextChannel(answerer);
    await connect(peer, answerer);
    await within(15_000, "the channel", announced);
    await until(answerer, "connected");
    other.createDataChannel("b");
    const offer = await other.createOffer();
    await assert.rejects(answerer.accept(offer.sdp), OfferError);
    assert.equal(answerer.state, "connected");
  } finally {
    peer.close();
    other.close();
    await answerer.close();
  }
});

function until(answerer: Answerer, state: Answerer["state"]): Promise<void> {
  if (answerer.state === state) return Promise.resolve();
  return within(
    20_000,
    state,
    new Promise((resolve) => {
      const before = answerer.onstatechange;
      answerer.onstatechange = (now) => {
        before(now);
        if (now === state) resolve();
      };
    }),
  );
}

// Of libwebrtc's Node binding the JavaScript side misses the end now and then, with the same packets on the
// wire; Chromium, with the same libwebrtc, is asked in the player's tests.
Deno.test("rtc: libdatachannel sees at once that the answerer closes", async () => {
  const peer = STACKS.libdatachannel();
  const answerer = new Answerer();
  try {
    const dc = peer.createDataChannel("a");
    const closed = new Promise<void>((resolve) => dc.onclose = resolve);
    const opened = new Promise<void>((resolve) => dc.onopen = resolve);
    await connect(peer, answerer);
    answerer.onchannel = () => {};
    await within(15_000, "open", opened);
    await until(answerer, "connected");
    await answerer.close();
    await within(3_000, "the end at the other side", closed);
  } finally {
    peer.close();
    await answerer.close();
  }
});
