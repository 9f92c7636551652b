import type { PlayerError, PlayerErrorType } from "../../client/mod.ts";
import { explainNoWay } from "./explain_no_way.ts";
import type { Explanation } from "./explanation.ts";

type Words = readonly [title: string, ...steps: string[]];

const BY_ITSELF = "This page connects by itself as soon as it can.";
const RELOAD = "Reload this page: it and the box may be of different versions.";

const TYPES: Readonly<Record<PlayerErrorType, Words>> = {
  "relay-unreachable": [
    "No connection to the relay",
    "Look whether this device has a connection: do other pages load?",
    "If they do, the relay is not running. Ask whoever runs the box.",
    BY_ITSELF,
  ],
  "unauthorised": [
    "This link does not work any more",
    "Look whether the whole link was copied.",
    "Ask whoever runs the box for the newest link. The box prints it when it starts.",
  ],
  "agent-offline": [
    "The box is offline",
    "Look whether the box is switched on and has a connection.",
    BY_ITSELF,
  ],
  "agent-unknown": [
    "No box found",
    "Look whether the program on the box is running, and uses this relay.",
    BY_ITSELF,
  ],
  "several-agents": ["Several boxes", "Choose one."],
  "session-expired": ["Connection lost", BY_ITSELF],
  "refused": ["The box ended the connection", "Try again.", RELOAD],
  "bad-link": [
    "This link is not whole",
    "Copy the whole link once more: its end is often left out.",
    "Ask whoever gave you the link to send it again, not through a program that changes links.",
  ],
  "not-trusted": [
    "This is not your box",
    "Was the program on the box started anew? Without an identity file it has a new key each time: open the newest link that it has printed.",
    "If this is the newest link, do not use it on this network, and tell whoever runs the box or the relay.",
  ],
  "not-authorised": [
    "The box does not know this link",
    "Look whether the whole link was copied.",
    "Ask whoever runs the box for the newest link.",
    "If this is the newest one, somebody may be changing what you say on its way. Try another network.",
  ],
  "webrtc-missing": [
    "This browser cannot connect to the box",
    "Look whether an extension blocks WebRTC, and switch it off for this page.",
    "In Firefox, open about:config and set media.peerconnection.enabled to true.",
    "Or open the link in another browser: Chrome, Edge, Firefox and Safari have WebRTC.",
  ],
  "connect-timeout": ["The box could not be reached", BY_ITSELF],
  "connection-lost": [
    "Connection lost",
    "Look whether this device and the box have a connection.",
    BY_ITSELF,
  ],
  "not-found": [
    "Not found",
    "It may have been renamed, moved or removed. Go back to its folder and look there.",
  ],
  "out-of-range": ["The file has become shorter", "Open the file again."],
  "read-error": [
    "The file could not be read",
    "A disk that sleeps needs some seconds: try again.",
    "Look whether the disk is connected to the box and the file is whole.",
  ],
  "busy": ["The box is busy", "Wait a moment.", BY_ITSELF],
  "protocol": ["This page and the box do not understand each other", RELOAD],
  "aborted": ["Cancelled", "Try again."],
  "closed": ["The connection was closed", "Reload this page."],
};

/** Reasons that the box gives for `refused`. */
const REFUSALS: Readonly<Record<string, Words>> = {
  "busy": [
    "Too many viewers",
    "Close the player in other tabs and on other devices.",
    "Whoever runs the box can allow more viewers.",
    BY_ITSELF,
  ],
  "shutdown": ["The box is shutting down or starting again", "An update takes some seconds.", BY_ITSELF],
  "not-found": ["The file is gone", "Go back to its folder and look there."],
  "path-not-allowed": ["The box does not share this", "Ask whoever runs the box."],
  "no-video": ["No film to play", "Open the folder and choose a file."],
  "disabled": [
    "Streaming is switched off on the box",
    "Whoever runs the box switches it on in its configuration: downloads.webrtc.enabled = true.",
  ],
  "unsupported-transport": ["The box does not support this kind of connection", RELOAD],
  "bad-offer": ["The box could not use this browser's offer", "Bring this browser up to date.", RELOAD],
  "connect-timeout": ["The box could not be reached", BY_ITSELF],
  "connection-lost": ["Connection lost", BY_ITSELF],
  "internal": [
    "Something went wrong on the box",
    "The log of the program on the box says what.",
    BY_ITSELF,
  ],
};

/** Reasons of `not-authorised` that have words of their own. */
const NOT_AUTHORISED: Readonly<Record<string, Words>> = {
  "missing": [
    "This link is not enough",
    "Look whether the whole link was copied.",
    "Ask whoever runs the box for the newest link. The box prints it when it starts.",
  ],
  "not-yet": ["This link is not valid yet", "Open it again later. Whoever gave it to you knows when."],
  "expired": ["This link has expired", "Ask whoever gave it to you for a new one."],
  "revoked": ["This link was taken back", "Ask whoever gave it to you for a new one."],
};

const CLOCKS: Words = [
  "The clocks do not agree",
  "Look at date and time of this device: let it take them from the network.",
  "If they are right, those of the box are not. Tell whoever runs it.",
];

const MORE_VIEWERS = "unarr-stream --allow-read=<folder> serve --max-sessions 16";

/** What to tell a person of an error. The sentence is the error's own message. */
export function explain(error: PlayerError): Explanation {
  const { type, reason = "", message, sights } = error;
  if (type === "connect-timeout" && sights) return explainNoWay(message, sights);
  if (type === "refused" && Object.hasOwn(REFUSALS, reason)) {
    const explanation = say(REFUSALS[reason]!, message);
    return reason === "busy" ? { ...explanation, command: MORE_VIEWERS } : explanation;
  }
  if (type === "not-authorised" || type === "not-trusted") return explainLink(type, reason, message);
  if (type === "busy" && reason === "too-many-sessions") return say(REFUSALS["busy"]!, message);
  if (type === "busy" && reason === "slow") {
    return say(
      ["The box takes long to answer", "A disk that sleeps needs some seconds: try again."],
      message,
    );
  }
  return say(TYPES[type], message);
}

/** What is wrong with a link, or with whoever answers to it. */
function explainLink(
  type: "not-authorised" | "not-trusted",
  reason: string,
  message: string,
): Explanation {
  if (reason === "clock") return say(CLOCKS, message);
  if (type === "not-trusted") return { ...say(TYPES[type], message), isRefusal: true };
  const words = Object.hasOwn(NOT_AUTHORISED, reason) ? NOT_AUTHORISED[reason]! : TYPES[type];
  return say(words, message);
}

function say([title, ...steps]: Words, sentence: string): Explanation {
  return { title, sentence, steps };
}
