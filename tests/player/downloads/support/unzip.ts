import assert from "node:assert/strict";

/** One item of an archive, as Python's zipfile reads it. */
export interface ReadItem {
  readonly name: string;
  readonly size: number;
  readonly crc: number;
  /** Seconds since 1970 of the extended timestamp. */
  readonly unixTime?: number;
  /** Of a file that is small. */
  readonly text?: string;
}

const SCRIPT = `
import json, struct, sys, zipfile
items = []
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    for info in archive.infolist():
        item = {"name": info.filename, "size": info.file_size, "crc": info.CRC}
        extra = info.extra
        while len(extra) >= 4:
            kind, length = struct.unpack("<HH", extra[:4])
            if kind == 0x5455: item["unixTime"] = struct.unpack("<i", extra[5:9])[0]
            extra = extra[4 + length:]
        if info.file_size < 10000 and "." in info.filename and "txt" in info.filename:
            item["text"] = archive.read(info).decode("utf-8", "replace")
        items.append(item)
json.dump(items, sys.stdout)
`;

async function run(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.ok(success, `${program}: ${text(stdout).slice(-1_000)} ${text(stderr)}`);
  return text(stdout);
}

/** Info-ZIP reads the whole archive and finds nothing wrong with it. */
export async function unzipTest(path: string): Promise<void> {
  await run("unzip", "-tqq", path);
}

/** What is in the archive. Python checks every checksum. */
export async function readZip(path: string): Promise<ReadItem[]> {
  return JSON.parse(await run("python3", "-c", SCRIPT, path));
}
