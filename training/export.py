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
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from corpus import examples
from network import HEADS, WIDTH, Network, Sieve, load
from onnxruntime.quantization import QuantType, quantize_dynamic
from prepared import Prepared, batch, prepare
from torch import Tensor, nn
from torch.nn import functional
from train import BUILD

from rollbook.meaning.encoder import MODEL
from rollbook.meaning.labels import LABELS, ROLES
from rollbook.meaning.pieces import Pieces

#: A few inputs of each product are far larger than the others, and would spoil eight bits for all: they are divided,
#: and their weights multiplied, by this power of how large they are on so many posts and one minus it of the weights.
#: **Source**: SmoothQuant (Xiao and others, 2023); own trials: logits are off by .055 in the mean (powers of .65: .074,
#: 1: .067; the products behind the wide steps alone: .080; those in blocks of 128 and the others as they are: .069).
POWER, LOOKED_AT = 0.8, 400
EPSILON = 1e-12


class _Normal(torch.autograd.Function):
    """A layer norm without its weights, written as the operator that onnxruntime computes six times as fast.

    Each piece is a channel of its own; ``ones`` and ``none`` are (pieces,).
    """

    @staticmethod
    def forward(_: Any, hidden: Tensor, __: Tensor, ___: Tensor) -> Tensor:
        return functional.layer_norm(hidden, hidden.shape[-1:], eps=EPSILON)

    @staticmethod
    def symbolic(graph: Any, hidden: Any, ones: Any, none: Any) -> Any:
        """The operator for the exporter."""
        return graph.op("InstanceNormalization", hidden, ones, none, epsilon_f=EPSILON)


class _Attention(torch.autograd.Function):
    """Attention of every piece to every piece, as one operator. **Shape**: thrice (1, pieces, width) to the same."""

    @staticmethod
    def forward(_: Any, *parts: Tensor) -> Tensor:
        asks, keys, values = (part.view(1, -1, HEADS, WIDTH // HEADS).transpose(1, 2) for part in parts)
        seen = functional.scaled_dot_product_attention(asks, keys, values)
        return seen.transpose(1, 2).reshape(1, -1, WIDTH)

    @staticmethod
    def symbolic(graph: Any, *parts: Any) -> Any:
        """The operator for the exporter."""
        return graph.op("com.microsoft::MultiHeadAttention", *parts, num_heads_i=HEADS).setType(parts[0].type())


def _normal(hidden: Tensor, norm: nn.LayerNorm, ones: Tensor) -> Tensor:
    plain: Tensor = _Normal.apply(hidden, ones, ones - ones)
    return plain * norm.weight + norm.bias


class Sieved(nn.Module):
    """The embeddings and what the sieve says of them, over texts that need no padding."""

    def __init__(self, network: Network, sieve: Sieve) -> None:
        super().__init__()
        embeddings = network.encoder.embeddings
        words = embeddings.word_embeddings.weight.detach()
        #: One byte a weight, and how much one step is, a row.
        self.step = nn.Parameter(words.abs().amax(1, keepdim=True) / 127, requires_grad=False)
        self.words = nn.Parameter((words / self.step).round().to(torch.int8), requires_grad=False)
        self.places = nn.Parameter(
            embeddings.position_embeddings.weight.detach() + embeddings.token_type_embeddings.weight.detach()[0],
            requires_grad=False,
        )
        self.norm = embeddings.LayerNorm
        self.sieve = sieve

    def forward(self, ids: Tensor, inside: Tensor) -> tuple[Tensor, Tensor]:
        """(1, pieces) to (1, pieces, width), and logits of labels."""
        words = self.words[ids].to(torch.float32) * self.step[ids]
        embedded = _normal(words + self.places[: ids.shape[1]], self.norm, torch.ones_like(inside[0]))
        return embedded, self.sieve(embedded, inside, torch.ones_like(inside))


class _Product(nn.Module):
    """Linear layers of one input as one, the input divided and the weights multiplied beforehand."""

    def __init__(self, parts: Sequence[nn.Linear], largest: Tensor) -> None:
        super().__init__()
        weight = torch.cat([part.weight.detach() for part in parts])
        of_weights = weight.abs().amax(0).clamp(min=1e-4)
        larger = (largest.clamp(min=1e-3) ** POWER / of_weights ** (1 - POWER)).clamp(min=1e-2)
        larger = larger / larger.median()
        self.divided = nn.Parameter(1 / larger, requires_grad=False)
        self.linear = nn.Linear(weight.shape[1], weight.shape[0])
        self.linear.weight = nn.Parameter(weight * larger)
        self.linear.bias = nn.Parameter(torch.cat([part.bias.detach() for part in parts]))

    def forward(self, hidden: Tensor) -> Tensor:
        """(1, pieces, inputs) to (1, pieces, outputs of all)."""
        product: Tensor = self.linear(hidden * self.divided)
        return product


class _Layer(nn.Module):
    """One layer of the encoder, its three first products as one."""

    def __init__(self, layer: Any, largest: Mapping[nn.Module, Tensor]) -> None:
        super().__init__()
        attention = layer.attention.self
        parts = ((attention.query, attention.key, attention.value), (layer.attention.output.dense,),
                 (layer.intermediate.dense,), (layer.output.dense,))
        self.three, self.attended, self.wide, self.out = (_Product(part, largest[part[0]]) for part in parts)
        self.attended_norm, self.out_norm = layer.attention.output.LayerNorm, layer.output.LayerNorm

    def forward(self, hidden: Tensor, ones: Tensor) -> Tensor:
        """(1, pieces, width) to the same."""
        seen = _Attention.apply(*self.three(hidden).split(WIDTH, dim=-1))
        hidden = _normal(self.attended(seen) + hidden, self.attended_norm, ones)
        return _normal(self.out(functional.gelu(self.wide(hidden))) + hidden, self.out_norm, ones)


class Layers(nn.Module):
    """The network from its embeddings on, over texts that need no padding: every piece is looked at."""

    def __init__(self, network: Network, largest: Mapping[nn.Module, Tensor]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(_Layer(layer, largest) for layer in network.encoder.encoder.layer)
        self.network = network

    def forward(self, embedded: Tensor, inside: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As the program asks: logits of labels, probabilities of pieces and names."""
        hidden, ones = embedded, torch.ones_like(inside[0])
        for layer in self.layers:
            hidden = layer(hidden, ones)
        labels, carried, named = self.network.read(hidden, inside)
        return labels, carried.sigmoid(), named.softmax(-1)


def largest_inputs(network: Network, rows: Sequence[Prepared]) -> dict[nn.Module, Tensor]:
    """For each linear layer of the encoder, its largest input by unit over some texts."""
    found: dict[nn.Module, Tensor] = {}

    def note(layer: nn.Module, inputs: tuple[Tensor], _: Tensor) -> None:
        largest = inputs[0].abs().amax(dim=(0, 1))
        found[layer] = torch.maximum(found[layer], largest) if layer in found else largest

    layers = [layer for layer in network.encoder.encoder.modules() if isinstance(layer, nn.Linear)]
    hooks = [layer.register_forward_hook(note) for layer in layers]
    with torch.no_grad():
        for row in rows:
            given = batch([row])
            network(given.ids, given.inside, given.mask)
    for hook in hooks:
        hook.remove()
    return found


def export(network: Network, sieve: Sieve, rows: Sequence[Prepared], into: Path) -> None:
    """Writes ``sieve.onnx`` and ``layers.onnx``; ``rows`` are texts to see how large the layers' inputs become."""
    ids, embedded, inside = torch.ones(1, 9, dtype=torch.long), torch.rand(1, 9, WIDTH), torch.ones(1, 9)
    sieved, layers = Sieved(network, sieve).eval(), Layers(network, largest_inputs(network, rows)).eval()
    _written(sieved, {"ids": ids, "inside": inside}, ["embedded", "labels"], into / "sieve.onnx")
    _written(layers, {"embedded": embedded, "inside": inside}, ["labels", "carried", "named"], into / "layers.onnx")


def _written(module: nn.Module, inputs: dict[str, Tensor], outputs: list[str], file: Path) -> None:
    """One part of the network as ONNX, its products in eight bits."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = Path(folder) / "plain.onnx"
        torch.onnx.export(
            module, tuple(inputs.values()), str(plain), opset_version=17, dynamo=False,
            input_names=list(inputs), output_names=outputs,
            dynamic_axes={name: {1: "pieces"} for name in (*inputs, *outputs) if name != "labels"},
        )
        quantize_dynamic(
            plain, file, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul"],
            # Types of some operators' outputs are not inferred: they are plain numbers.
            extra_options={"DefaultTensorType": 1, "MatMulConstBOnly": True},
        )


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
    pieces, posts = Pieces(BUILD / "pieces.model"), examples()
    rows = [prepare(post, pieces) for post in posts[:: len(posts) // LOOKED_AT]]
    export(load(options.network), sieve.eval(), rows, options.into)
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
