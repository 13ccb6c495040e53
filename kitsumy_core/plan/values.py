"""What all values of ours have in common: frozen, camelCase in JSON, foreign and malformed content kept."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_serializer,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
"""A text that other tools may leave out or write as null."""


def _no_truth(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("number_type", "Input should be a number, not true or false")
    return handler(value)


def _whole_or_none(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    return handler(value if isinstance(value, int) and not isinstance(value, bool) else None)


NoTruth = WrapValidator(_no_truth)
Whole = Annotated[int, NoTruth]
Number = Annotated[float, NoTruth]
Derived = Annotated[int | None, WrapValidator(_whole_or_none)]
"""A number that follows from array order: whatever else a file says there is passed over."""


class Frozen(BaseModel):
    """A value: frozen, camelCase in JSON, unknown keys kept.

    Code names fields as Python does; in JSON only the camelCase names are ours, and any other key is foreign.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="allow",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        strict=False,
        coerce_numbers_to_str=False,
        allow_inf_nan=False,
    )

    @classmethod
    def model_validate(cls, obj: Any, **how: Any) -> Self:
        return super().model_validate(obj, **({"by_alias": True, "by_name": False} | how))

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **how: Any) -> Self:
        return super().model_validate_json(json_data, **({"by_alias": True, "by_name": False} | how))

    def but(self, **changes: Any) -> Self:
        """Return a copy with some fields replaced by values that are already valid."""
        return self.model_copy(update=changes)


class Lean(Frozen):
    """A value whose defaults are written only where they were given."""

    @model_serializer(mode="wrap")
    def _only_what_differs(self, handler: SerializerFunctionWrapHandler) -> Any:
        defaults = _defaults(type(self))
        given = self.model_fields_set - (self.model_extra or {}).keys()
        return self.tidy(
            {
                key: value
                for key, value in handler(self).items()
                if key not in defaults
                or defaults[key][0] in given
                or getattr(self, defaults[key][0]) != defaults[key][1]
            }
        )

    def tidy(self, written: dict[str, Any]) -> Any:
        """Adjust the JSON of this value; subclasses say how."""
        return written


@cache
def _defaults(model: type[BaseModel]) -> dict[str, tuple[str, Any]]:
    return {
        spec.alias or name: (name, spec.get_default(call_default_factory=True))
        for name, spec in model.model_fields.items()
    }


class Extension(Lean):
    """A `kitsumy` object: what cannot be read is kept as it came."""

    malformed: Any = Field(default=None, exclude=True, repr=False)

    @model_validator(mode="wrap")
    @classmethod
    def _keep_malformed(cls, data: Any, handler: ValidatorFunctionWrapHandler) -> Self:
        if data is None or isinstance(data, cls):
            kit: Self = handler(data or {})
            return kit
        if not isinstance(data, dict):
            empty: Self = handler({})
            return empty.but(malformed={"": data})
        known = {k: v for k, v in data.items() if k != "malformed"}
        bad: dict[str, Any] = {"malformed": data["malformed"]} if "malformed" in data else {}
        bad |= cls.set_aside(known)
        try:
            good = handler(known)
        except ValidationError as error:
            wrong = {str(part["loc"][0]) for part in error.errors() if part["loc"]}
            bad |= {key: known.pop(key) for key in list(known) if key in wrong or to_camel(key) in wrong}
            good = handler(known)
        made: Self = good.but(malformed=bad) if bad else good
        return made

    @classmethod
    def set_aside(cls, known: dict[str, Any]) -> dict[str, Any]:
        """Take out of `known`, and return, what is malformed inside a field that is else readable."""
        return {}

    def but(self, **changes: Any) -> Self:
        """Return a copy with some fields replaced; what was malformed there is replaced too."""
        bad = self.malformed or {}
        if bad and "malformed" not in changes:
            anew = {to_camel(name) for name in changes}
            if "" in bad:
                changes["malformedOriginal"] = bad[""]
            changes["malformed"] = {k: v for k, v in bad.items() if k and k not in anew} or None
        return super().but(**changes)

    def tidy(self, written: dict[str, Any]) -> Any:
        bad = self.malformed or {}
        return bad[""] if "" in bad else written | bad
