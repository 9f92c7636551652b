import type { CandidateDetails, ConnectionDetails } from "../../client/mod.ts";
import type { Outages } from "./outages.ts";
import type { Timeline, TimelineEvent } from "./timeline.ts";
import { formatDuration, protocolWords, routeWord } from "./words.ts";

/** What a report is made of. */
export interface ReportParts {
  /** Undefined where there is no connection. */
  readonly details: ConnectionDetails | undefined;
  readonly timeline: Timeline;
  readonly outages: Outages;
  readonly browser: string;
  readonly boxVersion: string | undefined;
  /** File bytes received, and the highest speed in bytes a second. */
  readonly received: number;
  readonly peak: number;
}

/**
 * A connection as text, to be sent to whoever helps. Holds no token, no name of a file and nothing of the SDP;
 * addresses only where `withAddresses` says so.
 */
export function report(parts: ReportParts, withAddresses: boolean): string {
  const { details, timeline, outages, browser, boxVersion, received, peak } = parts;
  const lines = [
    "unarr-stream: report of a connection",
    `Browser: ${browser.slice(0, 300)}`,
    `Box: ${boxVersion === undefined ? "version not known" : `version ${boxVersion.slice(0, 64)}`}`,
    `Received: ${received} bytes, at most ${Math.round(peak * 8 / 1000)} kbit/s`,
    `Interruptions: ${outages.count}${
      outages.latest.map(({ duration }) =>
        ` ${duration === undefined ? "(lasts)" : formatDuration(duration)}`
      )
        .join("")
    }`,
    "",
  ];
  if (details) lines.push(...connectionLines(details, withAddresses));
  else lines.push("No connection.");
  lines.push("", "Timeline, milliseconds since the page was opened:", ...timelineLines(timeline));
  return `${lines.join("\n")}\n`;
}

function connectionLines(details: ConnectionDetails, withAddresses: boolean): string[] {
  const { path, states, own, box, pairs, channels } = details;
  const rtt = path.roundTripMs === undefined ? "" : `, ${path.roundTripMs.toFixed(1)} ms`;
  return [
    `Path: ${routeWord(path)}, ${protocolWords(path)}${rtt}`,
    `States: ${Object.entries(states).map(([name, state]) => `${name} ${state}`).join(", ")}`,
    "Candidates of this browser:",
    ...own.map((candidate) => `  ${candidateLine(candidate, withAddresses)}`),
    "Candidates of the box:",
    ...box.map((candidate) => `  ${candidateLine(candidate, withAddresses)}`),
    "Pairs:",
    ...pairs.map((pair) => `  ${pairLine(pair)}`),
    "Channels:",
    ...channels.map((channel) => `  ${channelLine(channel)}`),
  ];
}

/** `srflx udp IPv4`, with the address where it is wanted and known. */
export function candidateLine(
  { type, protocol, relayProtocol, family, address }: CandidateDetails,
  withAddresses: boolean,
): string {
  const words = [type, protocol, relayProtocol && `to TURN by ${relayProtocol}`, family ?? "address hidden"];
  if (withAddresses && address !== undefined) words.push(address);
  return words.filter((word) => word).join(" ");
}

/** `host to srflx: succeeded, in use, 9 of 10 checks answered`. */
export function pairLine(
  { local, remote, state, selected, sent, answered }: ConnectionDetails["pairs"][number],
) {
  return `${local} to ${remote}: ${state}${
    selected ? ", in use" : ""
  }, ${answered} of ${sent} checks answered`;
}

/** `file: open, 0 bytes wait`. */
export function channelLine({ kind, state, bufferedBytes }: ConnectionDetails["channels"][number]): string {
  return `${kind}: ${state}, ${bufferedBytes} bytes wait`;
}

/** One line for each event, with a word where some were forgotten. */
export function timelineLines(timeline: Timeline): string[] {
  const lines = timeline.events.map(eventLine);
  return timeline.dropped === 0
    ? lines
    : [...lines, `(${timeline.dropped} events between them were left out.)`];
}

function eventLine({ at, name, detail }: TimelineEvent): string {
  return `${at.toFixed(0).padStart(8)}  ${name}${detail === undefined ? "" : ` ${detail}`}`;
}
