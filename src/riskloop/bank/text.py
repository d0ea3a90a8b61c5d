"""Texts for people, in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """A text for people; both languages are required."""

    zh: str
    en: str

    def __post_init__(self) -> None:
        if not self.zh.strip() or not self.en.strip():
            raise ValueError("a text is needed in Chinese and in English")

    def in_language(self, code: str | None) -> str:
        """The text in the language of this code; Chinese where none is given."""
        return self.zh if (code or "zh").lower().startswith("zh") else self.en
