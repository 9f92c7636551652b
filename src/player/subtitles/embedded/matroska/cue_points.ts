import { children, ID, unsigned } from "./element.ts";

/** Where a block or a key frame is, as the Cues element tells it. */
export interface CuePoint {
  /** In units of the TimestampScale. */
  readonly time: number;
  readonly duration: number | undefined;
  readonly track: number;
  /** Of its Cluster, from the beginning of the Segment's data, in bytes. */
  readonly cluster: number;
  /** Of the block, from the beginning of the Cluster's data, in bytes. */
  readonly block: number | undefined;
}

/** A film of three hours has some 10,000 key frames, and 2,000 lines in each language. */
const MAX_POINTS = 200_000;

/**
 * The points that the data of a Cues element tell of, by their time.
 *
 * @throws {MalformedFile}
 */
export function parseCuePoints(data: Uint8Array): CuePoint[] {
  const points: CuePoint[] = [];
  for (const [id, point] of children(data)) {
    if (id !== ID.CuePoint) continue;
    let time: number | undefined;
    for (const [id, field] of children(point)) {
      if (id === ID.CueTime) time = unsigned(field);
      if (id !== ID.CueTrackPositions || time === undefined) continue;
      const fields = new Map(children(field));
      const number = (id: number) => fields.has(id) ? unsigned(fields.get(id)!) : undefined;
      const [track, cluster] = [number(ID.CueTrack), number(ID.CueClusterPosition)];
      if (track === undefined || cluster === undefined) continue;
      points.push({
        time,
        duration: number(ID.CueDuration),
        track,
        cluster,
        block: number(ID.CueRelativePosition),
      });
      if (points.length >= MAX_POINTS) return points.sort((a, b) => a.time - b.time);
    }
  }
  return points.sort((a, b) => a.time - b.time);
}
