const serve = Deno.serve as (
  options: Deno.ServeTcpOptions,
  handler: Deno.ServeHandler<Deno.NetAddr>,
) => Deno.HttpServer<Deno.NetAddr>;

(Deno as { serve: unknown }).serve = (
  options: Deno.ServeTcpOptions,
  handler: Deno.ServeHandler<Deno.NetAddr>,
) =>
  serve(options, (request, info) => {
    if (new URL(request.url).pathname === "/crash") {
      setTimeout(() => {
        throw new Error("as it was asked to");
      }, 0);
    }
    return handler(request, info);
  });
