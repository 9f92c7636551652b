/**
 * What the player is compared with: one file over plain HTTP with byte ranges, and a page with nothing but a
 * video. Started in a process of its own: `plain_server.ts <host:port> <file>`.
 */
const [address = "", path = ""] = Deno.args;
const { hostname, port } = new URL(`http://${address}`);
const { size } = await Deno.stat(path);
const type = path.endsWith(".webm") ? "video/webm" : "video/mp4";

async function part(first: number, last: number): Promise<ReadableStream<Uint8Array>> {
  const file = await Deno.open(path);
  await file.seek(first, Deno.SeekMode.Start);
  let left = last - first + 1;
  return file.readable.pipeThrough(
    new TransformStream({
      transform(bytes, controller) {
        controller.enqueue(bytes.subarray(0, left));
        left -= bytes.length;
        if (left <= 0) controller.terminate();
      },
    }),
  );
}

Deno.serve(
  { hostname, port: Number(port), onListen: () => Deno.stdout.writeSync(new Uint8Array([10])) },
  async (request) => {
    if (!new URL(request.url).pathname.startsWith("/film")) {
      const page = `<!doctype html><video src="/film" controls autoplay></video>`;
      return new Response(page, { headers: { "content-type": "text/html" } });
    }
    const [, from = "0", to = ""] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "bytes=0-") ??
      [];
    const first = Number(from);
    const last = to === "" ? size - 1 : Math.min(Number(to), size - 1);
    return new Response(await part(first, last), {
      status: 206,
      headers: {
        "content-type": type,
        "accept-ranges": "bytes",
        "content-range": `bytes ${first}-${last}/${size}`,
        "content-length": String(last - first + 1),
      },
    });
  },
);
