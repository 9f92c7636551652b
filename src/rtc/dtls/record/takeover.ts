import type { AeadBackend } from "./aead_backend.ts";
import { RecordError } from "./errors.ts";
import { Opener } from "./opener.ts";
import { RecordLayer } from "./record_layer.ts";
import { Sealer } from "./sealer.ts";
import { isWeriftSocket, sessionKeys, type WeriftSocket } from "./werift_session.ts";

/**
 * Takes the keys of a connected DTLS session of werift's into a record layer of its own.
 *
 * Two senders on one key would use a nonce twice, which breaks AES-GCM. So everything happens in this one
 * synchronous call: the sequence number is read, the sealer owns it, and werift can neither seal nor
 * open afterwards. Datagrams go to {@link RecordLayer.receive} from here on.
 *
 * @param socket `RTCDtlsTransport.dtls`, after its certificate has been compared with the fingerprint
 * @returns undefined where the session is not what this version of werift is known to make, or not under
 * AES-128-GCM: it stays as it was, and werift's `sendData` goes on working
 * @throws {RecordError} `key-in-use` for a session that has been taken over before
 */
export function takeOver(socket: unknown, backend: AeadBackend): RecordLayer | undefined {
  if (!isWeriftSocket(socket)) return undefined;
  const keys = sessionKeys(socket);
  if (keys === undefined) return undefined;
  const { epoch, first } = keys;
  const opener = new Opener({ backend, key: keys.readKey, salt: keys.readSalt, epoch });
  const sealer = new Sealer({ backend, key: keys.writeKey, salt: keys.writeSalt, epoch, first });
  disarm(socket);
  return new RecordLayer(sealer, opener);
}

function disarm(socket: WeriftSocket): void {
  const refusal = () => new RecordError("taken-over", "the session's keys belong to the record layer");
  socket.send = () => Promise.reject(refusal());
  // What `send` stands on, too: whatever else would seal under the key fails.
  socket.cipher.encryptPacket = () => {
    throw refusal();
  };
  socket.transport.socket.onData = () => {};
}
