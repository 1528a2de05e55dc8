"""The folders of the languages, copied so that a test may break them."""

from __future__ import annotations

import json
import shutil

import pytest

from ivr.locales import catalog, folder, language


def _forget():
    for cached in (folder.known, folder.read, language.load, catalog.load):
        cached.cache_clear()


class Folders:
    """A copy of ivr/locales that the product reads instead of its own."""

    def __init__(self, path):
        self.path = path

    def change(self, code, name, change):
        """Change a file of a language by a function of what it holds."""
        file = self.path / code / f"{name}.json"
        data = json.loads(file.read_text("utf-8"))
        change(data)
        file.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
        _forget()


@pytest.fixture
def folders(tmp_path, monkeypatch):
    copy = tmp_path / "locales"
    for code in folder.known():
        # A fork keeps the manifests of its own sounds there, which no test is about.
        shutil.copytree(folder._HERE / code, copy / code, ignore=shutil.ignore_patterns("audio.json"))
    monkeypatch.setattr(folder, "_HERE", copy)
    _forget()
    yield Folders(copy)
    _forget()
