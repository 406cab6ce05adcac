// A form out of a family's settings schema (JSON Schema as pydantic makes it). A field that is left empty is not sent: the
// family's default then holds, which may depend on the others. Secrets are password fields.
import { html } from "./html.js";
import { t } from "./i18n.js";
import { Field } from "./parts.js";

const resolve = (schema, root) => {
  let found = schema;
  while (found.$ref) found = { ...root.$defs[found.$ref.split("/").pop()], ...withoutRef(found) };
  const some = (found.anyOf ?? found.oneOf)?.filter((one) => one.type !== "null");
  if (some?.length === 1) return resolve({ ...some[0], ...without(found, "anyOf", "oneOf") }, root);
  return found;
};
const without = (object, ...names) => Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
const withoutRef = (schema) => without(schema, "$ref");

export const kindOf = (schema, secret) => {
  if (secret || schema.format === "password" || schema.writeOnly) return "secret";
  if (schema.enum) return "choice";
  if (schema.type === "boolean") return "flag";
  if (schema.type === "integer" || schema.type === "number") return "number";
  if (schema.type === "object" && schema.properties) return "group";
  if (schema.type === "string") return "text";
  return "json";
};

function fieldsOf(schema, root, secrets, path) {
  const found = resolve(schema, root);
  return Object.entries(found.properties ?? {}).map(([name, raw]) => {
    const own = resolve(raw, root);
    const here = path ? `${path}.${name}` : name;
    return { name: here, key: name, schema: own, kind: kindOf(own, secrets.includes(name)), required: (found.required ?? []).includes(name) };
  });
}

const shownDefault = (value) => {
  if (value === true) return t("yes");
  if (value === false) return t("no");
  return value === null || value === undefined || typeof value === "object" ? "" : String(value);
};

function control(field, value, stored) {
  const { schema, kind, required } = field;
  const given = value === undefined || value === null ? "" : value;
  const usual = shownDefault(schema.default);
  const unset = usual === "" ? t("not set") : t("default: {value}", { value: usual });
  return (attributes) => {
    switch (kind) {
      case "choice":
        return html`<select ...${attributes} required=${required}>
          ${!required && html`<option value="">${unset}</option>`}
          ${schema.enum.map((one) => html`<option key=${one} value=${one} selected=${one === value}>${String(one)}</option>`)}
        </select>`;
      case "flag":
        return html`<select ...${attributes}>
          <option value="">${unset}</option>
          <option value="true" selected=${value === true}>${t("yes")}</option>
          <option value="false" selected=${value === false}>${t("no")}</option>
        </select>`;
      case "number":
        return html`<input ...${attributes} type="number" step=${schema.type === "integer" ? 1 : "any"} min=${schema.minimum}
          max=${schema.maximum} placeholder=${usual} defaultValue=${given} required=${required} />`;
      case "secret":
        return html`<input ...${attributes} type="password" autocomplete="new-password" required=${required && !stored}
          placeholder=${stored ? t("stored; left empty it stays") : t("not set")} />`;
      case "json":
        return html`<textarea ...${attributes} rows="3" spellcheck="false" defaultValue=${given === "" ? "" : JSON.stringify(given)}></textarea>`;
      default:
        return html`<input ...${attributes} type="text" maxlength=${schema.maxLength} placeholder=${usual} defaultValue=${given}
          required=${required} spellcheck="false" autocomplete="off" />`;
    }
  };
}

// A group's title is that of its model, which is a name for programmers.
const title = (field) => (field.kind === "group" ? null : field.schema.title) ?? field.key.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());

/**
 * The fields of a schema. `values`: what is set now; `stored`: secrets that are, which nobody is told; `path`: how the bridge
 * calls the fields in its complaints.
 */
export function SchemaFields({ schema, root = schema, secrets = [], stored = [], values = {}, path, problem }) {
  const fields = fieldsOf(schema, root, secrets, path);
  const single = fields.filter((one) => one.kind !== "group");
  const groups = fields.filter((one) => one.kind === "group");
  return html`
    <div class="fields">
      ${single.map(
        (one) => html`<${Field} key=${one.name} id=${`f-${one.name}`} name=${one.name} label=${title(one)} hint=${one.schema.description}
          problem=${problem} make=${control(one, values[one.key], stored.includes(one.key))} />`,
      )}
      ${stored.map(
        (name) => html`<label class="check" key=${name}>
          <input type="checkbox" name=${`${path}.${name} forget`} value="yes" />
          <span>${t("Forget the stored {name}", { name })}</span>
        </label>`,
      )}
    </div>
    ${groups.map(
      (one) => html`
        <details key=${one.name} open=${Boolean(problem?.fields.some((said) => said.field.startsWith(`${one.name}.`)))}>
          <summary>${title(one)}</summary>
          ${one.schema.description && html`<p class="hint">${one.schema.description}</p>`}
          <${SchemaFields} schema=${one.schema} root=${root} values=${values[one.key] ?? {}} path=${one.name} problem=${problem} />
        </details>
      `,
    )}
  `;
}

/** What was filled in, by the schema's types. What cannot be read is sent as it stands: the bridge says what is wrong with it. */
export function readFields(form, schema, path, secrets = [], root = schema) {
  const read = {};
  for (const field of fieldsOf(schema, root, secrets, path)) {
    if (field.kind === "group") {
      const inner = readFields(form, field.schema, field.name, [], root);
      if (Object.keys(inner).length > 0) read[field.key] = inner;
      continue;
    }
    const text = form.get(field.name);
    if (form.get(`${field.name} forget`)) {
      read[field.key] = null; // what is left out stays as it is
      continue;
    }
    if (text === null || text === "") continue;
    read[field.key] = parsed(field, text);
  }
  return read;
}

function parsed({ kind, schema }, text) {
  if (kind === "flag") return text === "true";
  if (kind === "number") return Number(text);
  if (kind === "choice") return schema.enum.find((one) => String(one) === text) ?? text;
  if (kind !== "json") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
