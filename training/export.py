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
from network import HEADS, WIDTH, Network, load
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from torch import Tensor, nn
from train import BUILD

from rollbook.meaning.encoder import MODEL
from rollbook.meaning.labels import LABELS, ROLES


class Alone(nn.Module):
    """The network over texts that need no padding: every piece is looked at."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, inside: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As the program asks: probabilities of pieces and names, logits of labels."""
        labels, carried, named = self.network(ids, inside, torch.ones_like(ids))
        return labels, carried.sigmoid(), named.softmax(-1)


def export(network: Network, into: Path) -> None:
    """Writes ``meaning.onnx``."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain, fused = Path(folder) / "plain.onnx", Path(folder) / "fused.onnx"
        torch.onnx.export(
            Alone(network), (torch.ones(1, 9, dtype=torch.long), torch.ones(1, 9)), str(plain),
            opset_version=17, dynamo=False,
            input_names=["ids", "inside"], output_names=["labels", "carried", "named"],
            dynamic_axes={name: {1: "pieces"} for name in ("ids", "inside", "carried", "named")},
        )
        faster = optimizer.optimize_model(str(plain), "bert", num_heads=HEADS, hidden_size=WIDTH, opt_level=1)
        faster.save_model_to_file(str(fused))
        quantize_dynamic(
            fused, into / "meaning.onnx", weight_type=QuantType.QInt8, per_channel=True,
            op_types_to_quantize=["MatMul", "Attention", "EmbedLayerNormalization", "Gather"],
            # Types of the fused operators' outputs are not inferred: they are plain numbers.
            extra_options={"DefaultTensorType": 1, "MatMulConstBOnly": True},
        )


def main(arguments: Sequence[str]) -> int:
    """Exports a network with its calibration, and says how large it is."""
    parser = argparse.ArgumentParser(prog="export.py", description=__doc__.splitlines()[0])
    parser.add_argument("network", type=Path, nargs="?", default=BUILD / "network.pt")
    parser.add_argument("--calibrated", type=Path, default=BUILD / "calibrated.json")
    parser.add_argument("--into", type=Path, default=MODEL)
    options = parser.parse_args(arguments)
    options.into.mkdir(parents=True, exist_ok=True)
    export(load(options.network), options.into)
    shutil.copyfile(BUILD / "pieces.model", options.into / "pieces.model")
    card = {"labels": LABELS, "roles": ROLES}
    if options.calibrated.is_file():
        card |= json.loads(options.calibrated.read_text(encoding="utf-8"))
    else:
        card |= {"calibration": dict.fromkeys(LABELS, (1.0, 0.0)), "thresholds": dict.fromkeys(LABELS, 0.5)}
    (options.into / "meaning.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(f"{(options.into / 'meaning.onnx').stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
