/** A picture track of a file. */
export interface VideoFacts {
  readonly id: number;
  /** Short name, such as `avc` or `hevc`; as the file has it where nobody knows the codec. */
  readonly codec: string;
  /** Codec string of RFC 6381, such as `avc1.640028`; undefined where the codec is not known. */
  readonly codecString: string | undefined;
  /** Pixels, as shown. */
  readonly width: number;
  readonly height: number;
}

/** A sound track of a file. */
export interface AudioFacts {
  readonly id: number;
  readonly codec: string;
  readonly codecString: string | undefined;
  readonly channels: number;
  /** Hertz. */
  readonly sampleRate: number;
  /** ISO 639-2/T; `und` where it is not known. */
  readonly language: string;
  readonly name: string | undefined;
}

/** What a look at a media file has shown. */
export interface MediaFacts {
  /** Its container's name, such as `Matroska`. */
  readonly container: string;
  /** MIME type with the codecs of all tracks. */
  readonly mimeType: string;
  /** When it begins, in seconds; what is shown begins at 0. */
  readonly start: number;
  /** Seconds. */
  readonly duration: number;
  readonly video: VideoFacts | undefined;
  /** The one to be heard first, then the others. */
  readonly audio: readonly AudioFacts[];
}
