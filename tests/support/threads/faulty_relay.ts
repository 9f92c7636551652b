/** A relay's thread that crashes when somebody asks for `/crash`. */
import "./faulty_serve.ts";
import "../../../src/relay/relay_thread.ts";
