"""Values that must not travel in clear: what is about a person, and where a secret case went.

In memory a value is clear, sealed or erased. Only the codec seals and opens; everything else that
writes JSON is stopped before a clear personal value leaves.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A token that opens only with a key from the vault. It may be stored, copied and sent."""

    token: str


@dataclass(frozen=True, slots=True)
class Erased:
    """What a token opens to when its key was destroyed, or was never this reader's."""


ERASED = Erased()


class StillClosed(Exception):
    """A value was read that had not been opened for the reader."""


class _Enclosed(Generic[T]):
    __slots__ = ("content",)

    def __init__(self, content: T | Sealed | Erased) -> None:
        self.content = content

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.content == self.content

    def __hash__(self) -> int:
        return hash((type(self), repr(self.content)))

    def __repr__(self) -> str:
        shown = self.content if isinstance(self.content, Sealed | Erased) else "…"
        return f"{type(self).__name__}({shown})"

    @property
    def value(self) -> T:
        """The clear value. Raises ``StillClosed`` where it is sealed or erased."""
        if isinstance(self.content, Sealed | Erased):
            raise StillClosed(type(self.content).__name__)
        return self.content

    @property
    def is_clear(self) -> bool:
        """Whether the value can be read."""
        return not isinstance(self.content, Sealed | Erased)

    @classmethod
    def _key(cls) -> str:
        raise NotImplementedError

    @classmethod
    def _enclose(cls, value: Any) -> Any:  # noqa: ANN401 - what JSON gave
        if isinstance(value, cls):
            return value
        if isinstance(value, dict) and value.keys() == {cls._key()}:
            return cls(Sealed(str(value[cls._key()])))
        return value

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401 - as Pydantic calls it
        inner = handler.generate_schema((get_args(source) or (Any,))[0])

        clear = core_schema.no_info_after_validator_function(cls, inner)
        schema = core_schema.union_schema([core_schema.is_instance_schema(cls), clear])
        return core_schema.no_info_before_validator_function(
            cls._enclose,
            schema,
            serialization=core_schema.plain_serializer_function_ser_schema(cls._written),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, inner: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        sealed = {
            "type": "object",
            "required": [cls._key()],
            "properties": {cls._key(): {"type": "string"}},
        }
        return cls._described(sealed, inner, handler)

    @classmethod
    def _described(
        cls, sealed: JsonSchemaValue, _inner: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return sealed

    def _written(self) -> Any:  # noqa: ANN401 - JSON
        raise NotImplementedError


class Personal(_Enclosed[T]):
    """A value about a person: any JSON value, stored as ``{"sealed": token}`` and never else."""

    @classmethod
    def _key(cls) -> str:
        return "sealed"

    def _written(self) -> Any:  # noqa: ANN401 - JSON
        if isinstance(self.content, Sealed):
            return {"sealed": self.content.token}
        raise StillClosed("a personal value is never written in clear")


class Hidden(_Enclosed[T]):
    """A value that tells where a case went; sealed where the case's existence is secret."""

    @classmethod
    def _key(cls) -> str:
        return "hidden"

    @classmethod
    def _described(
        cls, sealed: JsonSchemaValue, inner: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [handler(inner), sealed]}

    def _written(self) -> Any:  # noqa: ANN401 - JSON
        if isinstance(self.content, Sealed):
            return {"hidden": self.content.token}
        return self.content
