import { MemoryStore } from "../../src/relay/memory_store.ts";
import { storeConformance } from "./store_conformance.ts";

storeConformance("memory store", (rules) => new MemoryStore(rules));
