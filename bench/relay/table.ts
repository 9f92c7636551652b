/** A report's figures, one a line, as a table of Markdown. */
export function tableOf(report: object): string {
  return ["| | |", "|---|---:|", ...rows(report, "")].join("\n");
}

function rows(value: object, prefix: string): string[] {
  return Object.entries(value).flatMap(([name, field]) => {
    const label = prefix === "" ? name : `${prefix} ${name}`;
    if (Array.isArray(field)) return field.length === 0 ? [] : [`| ${label} | ${field.join("; ")} |`];
    if (typeof field === "object" && field !== null) return rows(field, label);
    return [`| ${label} | ${typeof field === "number" ? rounded(field) : field} |`];
  });
}

/** Four figures are more than a busy machine can tell. */
function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}
