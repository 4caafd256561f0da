/**
 * Result tables in the three forms in which they come: LXD's `/internal/sql` JSON, the box that `lxd sql` draws, and CSV from
 * sqlite3. Owns the forms; what the columns mean is said elsewhere.
 */

export type Cell = string | number | null;

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

const MOST_ROWS = 2000;

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined when the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function toCell(value: unknown): Cell {
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function toTable(result: unknown): Table | null {
  if (!isRecord(result)) return null;
  const { columns, rows } = result;
  if (!Array.isArray(columns) || !columns.every((name) => typeof name === 'string')) return null;
  const list = isList(rows) ? rows : [];
  const whole = list.filter(isList).filter((row) => row.length === columns.length);
  if (list.length > MOST_ROWS || whole.length !== list.length) return null;
  return { columns, rows: whole.map((row) => row.map(toCell)) };
}

function allTables(found: readonly (Table | null)[]): readonly Table[] | null {
  const tables = found.filter((table) => table !== null);
  return tables.length === found.length && tables.length > 0 ? tables : null;
}

/** `{"metadata":{"Results":[{"columns":[…],"rows":[[…]]}]}}`. */
export function parseSqlJson(text: string): readonly Table[] | null {
  const answer = parseJson(text);
  const metadata = isRecord(answer) ? answer['metadata'] : undefined;
  const results = isRecord(metadata) ? metadata['Results'] : undefined;
  return Array.isArray(results) ? allTables(results.map(toTable)) : null;
}

function boxCells(line: string): readonly string[] {
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
}

/** `+----+` borders, one header row, one row per line. A cell that holds a bar or a newline breaks the box: null, not a guess. */
export function parseSqlBoxes(text: string): readonly Table[] | null {
  const lines = text.split('\n').map((line) => line.trim());
  const boxes: string[][] = [];
  let borders = 0;
  for (const line of lines) {
    if (/^\+[-+]+\+$/.test(line)) {
      if (borders % 3 === 0) boxes.push([]);
      borders += 1;
    } else if (borders % 3 !== 0) {
      if (!line.startsWith('|') || !line.endsWith('|') || line.length < 2) return null;
      boxes.at(-1)?.push(line);
    }
  }
  if (borders % 3 !== 0) return null;
  return allTables(
    boxes.map(([header = '', ...body]) => {
      const columns = boxCells(header);
      const rows = body.map((line) => boxCells(line).map((cell) => (cell === '<nil>' ? null : cell)));
      return rows.length <= MOST_ROWS && rows.every((row) => row.length === columns.length) ? { columns, rows } : null;
    }),
  );
}

/** RFC 4180 as sqlite3 writes it, header first. Null when it is torn or its rows are of different widths. */
export function parseCsv(text: string): Table | null {
  const rows: string[][] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let row: string[] = [];
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) return null;
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',' && pattern.lastIndex < text.length) continue;
    rows.push(row);
    row = [];
  }
  const [columns, ...body] = rows;
  if (columns === undefined || body.length > MOST_ROWS || !body.every((one) => one.length === columns.length))
    return null;
  return { columns, rows: body };
}
