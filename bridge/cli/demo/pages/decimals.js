// Decimal strings, as the API has them. Amounts are counted in whole BigInts of the currency's smallest coin, never in floats.

const DECIMAL = /^(\d{1,9})(?:[.,](\d{1,8}))?$/;

/** What a person typed ("2,5", "2.50", " 2 ") as the API's decimal string; null where it is none. */
export function decimal(text) {
  const match = DECIMAL.exec(text.trim());
  if (match === null) return null;
  const whole = match[1].replace(/^0+(?=\d)/, "");
  return match[2] === undefined ? whole : `${whole}.${match[2]}`;
}

/** A decimal string as so many 10^-places; null where it has more decimals. */
export function units(text, places) {
  const [whole, fraction = ""] = text.split(".");
  if (/[1-9]/.test(fraction.slice(places))) return null;
  return BigInt(whole + fraction.slice(0, places).padEnd(places, "0"));
}

/** The other way round. */
export function fromUnits(value, places) {
  const sign = value < 0n ? "-" : "";
  const digits = String(value < 0n ? -value : value).padStart(places + 1, "0");
  return places === 0 ? sign + digits : `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** Without zeros that say nothing: "2.500" is "2.5". */
export function plain(text) {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** "10%" or "2,50" as an adjustment of the API, null for nothing, undefined where it is neither. */
export function discount(text) {
  const given = text.trim();
  if (given === "") return null;
  const percent = given.endsWith("%");
  const value = decimal(percent ? given.slice(0, -1) : given);
  if (value === null || !/[1-9]/.test(value)) return undefined;
  return percent ? { percent: value } : { amount: value };
}
