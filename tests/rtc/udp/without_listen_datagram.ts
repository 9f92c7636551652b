/** Makes this isolate one without the unstable API. Imported for its effect, before anything that asks. */
if (!Reflect.deleteProperty(Deno, "listenDatagram")) throw new Error("Deno.listenDatagram stays");
