/** The module of the doctor's threads: one looks at the box, the other at the network. */
import { runThread } from "../thread/thread.ts";
import { lookAtBox } from "./box/box.ts";
import { type Check, type Finding, keyOf } from "./check.ts";
import { doctorConfinement, type DoctorDialogue } from "./doctor_messages.ts";
import { lookAtNetwork } from "./network/network.ts";

runThread<DoctorDialogue>({
  confinement: doctorConfinement,
  start: (options, emit) => {
    const tell = (check: Check, finding: Finding) => emit({ type: "found", key: keyOf(check), finding });
    const look = options.task === "network"
      ? lookAtNetwork(options.network, tell)
      : lookAtBox(options, tell, (roots) => emit({ type: "roots", roots }));
    // Ends the thread, so that main does not wait for the rest.
    look.catch((error) =>
      setTimeout(() => {
        throw error;
      }, 0)
    );
    return Promise.resolve({ ready: undefined, stop: () => Promise.resolve() });
  },
});
