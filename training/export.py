"""Writes a trained network as the files that the program reads: ONNX in eight bits, its vocabulary, its card.

python training/export.py [NETWORK.pt] [--calibrated FILE]
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import torch
from network import HEADS, WIDTH, Network, Sieve, load
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer
from onnxruntime.transformers import optimizer
from torch import Tensor, nn
from train import BUILD

from rollbook.meaning.encoder import MODEL
from rollbook.meaning.labels import LABELS, ROLES

#: Inputs that are far larger than the others spoil eight bits for a whole row; in blocks they spoil their own.
#: **Source**: own trials: the labels' logits are off by .07 in the mean in place of .17, for an eighth more time.
BLOCK = 128


class Embeddings(nn.Module):
    """What the sieve and the layers begin with."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.embeddings = network.encoder.embeddings

    def forward(self, ids: Tensor) -> Tensor:
        """(1, pieces) to (1, pieces, width)."""
        embedded: Tensor = self.embeddings(ids)
        return embedded


class Layers(nn.Module):
    """The network from its embeddings on, over texts that need no padding: every piece is looked at."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, embedded: Tensor, inside: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As the program asks: logits of labels, probabilities of pieces and names."""
        hidden = self.network.encoder.encoder(embedded).last_hidden_state
        labels, carried, named = self.network.read(hidden, inside)
        return labels, carried.sigmoid(), named.softmax(-1)


class Sieved(nn.Module):
    """The sieve over texts that need no padding."""

    def __init__(self, sieve: Sieve) -> None:
        super().__init__()
        self.sieve = sieve

    def forward(self, embedded: Tensor, inside: Tensor) -> Tensor:
        """Logits of labels."""
        logits: Tensor = self.sieve(embedded, inside, torch.ones_like(inside))
        return logits


def export(network: Network, sieve: Sieve, into: Path) -> None:
    """Writes ``embeddings.onnx``, ``layers.onnx`` and ``sieve.onnx``."""
    ids, embedded, inside = torch.ones(1, 9, dtype=torch.long), torch.rand(1, 9, WIDTH), torch.ones(1, 9)
    _written(Embeddings(network), {"ids": ids}, ["embedded"], into / "embeddings.onnx")
    given = {"embedded": embedded, "inside": inside}
    _written(Layers(network), given, ["labels", "carried", "named"], into / "layers.onnx")
    _written(Sieved(sieve), given, ["labels"], into / "sieve.onnx")


def _written(module: nn.Module, inputs: dict[str, Tensor], outputs: list[str], file: Path) -> None:
    """One part of the network as ONNX in eight bits."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain, fused = Path(folder) / "plain.onnx", Path(folder) / "fused.onnx"
        torch.onnx.export(
            module, tuple(inputs.values()), str(plain), opset_version=17, dynamo=False,
            input_names=list(inputs), output_names=outputs,
            dynamic_axes={name: {1: "pieces"} for name in (*inputs, "embedded", "carried", "named")
                          if name in inputs or name in outputs},
        )
        faster = optimizer.optimize_model(str(plain), "bert", num_heads=HEADS, hidden_size=WIDTH, opt_level=1)
        products = [node.name for node in faster.model.graph.node if node.op_type == "MatMul"]
        others = [name for name in products if not _is_wide(name)]
        if len(others) < len(products):
            settings = DefaultWeightOnlyQuantConfig(block_size=BLOCK, is_symmetric=True, accuracy_level=4, bits=8)
            by_block = MatMulNBitsQuantizer(
                faster.model, bits=8, block_size=BLOCK, is_symmetric=True, accuracy_level=4, nodes_to_exclude=others,
                algo_config=settings,
            )
            by_block.process()
            by_block.model.save_model_to_file(str(fused), False)
        else:
            faster.save_model_to_file(str(fused))
        quantize_dynamic(
            fused, file, weight_type=QuantType.QInt8, per_channel=True,
            op_types_to_quantize=["MatMul", "Attention", "EmbedLayerNormalization", "Gather"],
            # Types of the fused operators' outputs are not inferred: they are plain numbers.
            extra_options={"DefaultTensorType": 1, "MatMulConstBOnly": True},
        )


def _is_wide(node: str) -> bool:
    """Whether a product is the one behind a layer's wide step: a few of its inputs are far larger than the others."""
    return node.endswith("/output/dense/MatMul") and "/attention/" not in node


def main(arguments: Sequence[str]) -> int:
    """Exports a network with its calibration, and says how large it is."""
    parser = argparse.ArgumentParser(prog="export.py", description=__doc__.splitlines()[0])
    parser.add_argument("network", type=Path, nargs="?", default=BUILD / "network.pt")
    parser.add_argument("--sieve", type=Path, default=BUILD / "sieve.pt")
    parser.add_argument("--calibrated", type=Path, default=BUILD / "calibrated.json")
    parser.add_argument("--into", type=Path, default=MODEL)
    options = parser.parse_args(arguments)
    options.into.mkdir(parents=True, exist_ok=True)
    sieve = Sieve()
    sieve.load_state_dict(torch.load(options.sieve))
    export(load(options.network), sieve.eval(), options.into)
    shutil.copyfile(BUILD / "pieces.model", options.into / "pieces.model")
    card = {"labels": LABELS, "roles": ROLES}
    if options.calibrated.is_file():
        card |= json.loads(options.calibrated.read_text(encoding="utf-8"))
    else:
        card |= {"calibration": dict.fromkeys(LABELS, (1.0, 0.0)), "thresholds": dict.fromkeys(LABELS, 0.5)}
    card["sieve"] = dict.fromkeys(LABELS, -1e9)  # everything passes until tune.py has looked
    (options.into / "meaning.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(f"{sum(file.stat().st_size for file in options.into.iterdir()) / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
