/// <reference lib="dom" />

/**
 * A file that the user has chosen to write to, with what the File System Access draft (WICG) adds to the handles
 * of the File System Standard. Chromium has it.
 */
export interface PickedFile extends FileSystemFileHandle {
  queryPermission(wanted: { readonly mode: "readwrite" }): Promise<PermissionState>;
  /** Asks the user; in a click. */
  requestPermission(wanted: { readonly mode: "readwrite" }): Promise<PermissionState>;
  remove(): Promise<void>;
}

interface PickerWindow {
  showSaveFilePicker?(options: { readonly suggestedName: string }): Promise<PickedFile>;
}

/** Whether {@link pickFile} can ask. */
export function canPickFile(): boolean {
  return (globalThis as PickerWindow).showSaveFilePicker !== undefined;
}

/**
 * Asks the user where to save a file; in a click.
 *
 * @returns undefined where the user thought better of it
 * @throws {DOMException} where the browser does not ask
 */
export async function pickFile(suggestedName: string): Promise<PickedFile | undefined> {
  try {
    return await (globalThis as PickerWindow).showSaveFilePicker!({ suggestedName });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") return undefined;
    throw cause;
  }
}
