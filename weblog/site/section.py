"""What every section of ``site.toml`` is: frozen, and without settings nobody knows."""

from __future__ import annotations

from functools import cached_property

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A section, or one entry of a list of sections."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, ignored_types=(cached_property,)
    )
