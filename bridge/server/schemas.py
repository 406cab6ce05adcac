"""JSON Schema (2020-12) of the models that requests are validated with and that answers are made of.

One collection for every description of the API: OpenAPI now, AsyncAPI of the WebSocket later. Two things differ from what
pydantic writes by itself. Answers are left open (`additionalProperties` is not false there), since a later version may add
members and a client must ignore what it does not know; the tests hold our answers against the closed form (`closed`).
And the member that tells a union's parts apart is required in each of them, as OpenAPI asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

REF = "#/components/schemas/{model}"

Mode = Literal["validation", "serialization"]


class _Generator(GenerateJsonSchema):
    """pydantic's, without a title for each field: it only repeats the field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def field_is_required(self, field: Any, total: bool) -> bool:
        # An answer has every field of its model, whatever its default. What may be absent is NotRequired of a TypedDict.
        if self.mode == "serialization" and field["type"] != "typed-dict-field":
            return True
        return super().field_is_required(field, total)

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        # What an answer would say if nothing were said: it always says something.
        return self.generate_inner(schema["schema"]) if self.mode == "serialization" else super().default_schema(schema)

    def tagged_union_schema(self, schema: Any) -> JsonSchemaValue:
        union = super().tagged_union_schema(schema)
        if "discriminator" not in union:  # told apart by which member is there: one of them is required in all but one part
            return union
        tag = union["discriminator"]["propertyName"]
        for part in union["oneOf"]:
            definition = self.get_schema_from_definitions(part["$ref"])
            if definition is not None:
                definition["required"] = sorted({tag, *definition.get("required", [])})
        return union


def collect(
    requests: Mapping[str, Any], answers: Mapping[str, Any]
) -> tuple[dict[str, JsonSchemaValue], dict[str, JsonSchemaValue], dict[str, JsonSchemaValue]]:
    """Schemas of requests, of answers (both under the names given), and the components that they refer to.

    A model that is one thing in a request and another in an answer becomes two components, `Name` and `NameAnswer`.
    """
    asked, taken = _schemas(requests, "validation")
    said, sent = opened(_schemas(answers, "serialization"))
    # Whatever refers to a component that has two forms has two itself: repeat until no more are found.
    twofold: dict[str, str] = {}
    while found := {
        name: f"{name}Answer"
        for name, schema in sent.items()
        if name in taken and name not in twofold and taken[name] != _renamed(schema, twofold)
    }:
        twofold |= found
    told = {twofold.get(name, name): _renamed(schema, twofold) for name, schema in sent.items()}
    return asked, _renamed(said, twofold), dict(sorted({**taken, **told}.items()))


def closed(schema: Any) -> Any:
    """The same schema with every object that lists its members closed: nothing may be sent that is not described."""
    if isinstance(schema, Mapping):
        made = {key: closed(value) for key, value in schema.items()}
        if isinstance(schema.get("properties"), Mapping) and schema.get("type") == "object":
            made.setdefault("additionalProperties", False)
        return made
    return [closed(part) for part in schema] if isinstance(schema, list) else schema


def references(schema: Any) -> Iterable[str]:
    """Every reference that stands somewhere in a schema."""
    if isinstance(schema, Mapping):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for value in schema.values():
            yield from references(value)
    elif isinstance(schema, list):
        for part in schema:
            yield from references(part)


def _schemas(models: Mapping[str, Any], mode: Mode) -> tuple[dict[str, JsonSchemaValue], dict[str, JsonSchemaValue]]:
    adapters: list[tuple[str, Mode, TypeAdapter[Any]]] = [
        (name, mode, model if isinstance(model, TypeAdapter) else TypeAdapter(model)) for name, model in models.items()
    ]
    found, definitions = TypeAdapter.json_schemas(adapters, ref_template=REF, schema_generator=_Generator)
    components = definitions.get("$defs", {})
    # Python's names, where they have an underscore so as not to hide one of its own.
    names = {name: name.rstrip("_") for name in components if name.endswith("_")}
    return (
        {name: _renamed(schema, names) for (name, _), schema in found.items()},
        {names.get(name, name): _renamed(schema, names) for name, schema in components.items()},
    )


def _renamed(schema: Any, names: Mapping[str, str]) -> Any:
    """With every reference to a component of `names` turned to its new name."""
    new = {REF.format(model=name): REF.format(model=other) for name, other in names.items()}
    if isinstance(schema, Mapping):
        return {
            key: new.get(value, value) if key == "$ref" and isinstance(value, str) else _renamed(value, names)
            for key, value in schema.items()
        }
    return [_renamed(part, names) for part in schema] if isinstance(schema, list) else schema


def opened(schema: Any) -> Any:
    """The same schema without any object being closed."""
    if isinstance(schema, tuple):
        return tuple(opened(part) for part in schema)
    if isinstance(schema, Mapping):
        return {key: opened(value) for key, value in schema.items() if not (key == "additionalProperties" and value is False)}
    return [opened(part) for part in schema] if isinstance(schema, list) else schema


__all__ = ["REF", "closed", "collect", "opened", "references"]
