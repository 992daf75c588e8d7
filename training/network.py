"""The network that is trained: a small encoder, and what is read from it of the post and of each of its pieces."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertConfig, BertModel

from rollbook.meaning.labels import LABELS, ROLES

#: As multilingual-e5-small is built.
WIDTH, HEADS, INNER, MOST_PIECES = 384, 12, 1536, 512
#: The sieve's width, and how far its convolutions reach to both sides, one after the other.
NARROW, REACH = 160, (1, 2, 4)


class Network(nn.Module):
    """What the words of a stretch of text do, which pieces carry it, and whose names stand in it.

    **Shape**: ids (batch, pieces), inside (batch, pieces), 1 where a piece is of the text itself; gives the logits of
    the labels (batch, labels), of the pieces' labels (batch, pieces, labels), of the names (batch, pieces, 1 + roles).
    """

    def __init__(self, vocabulary: int, layers: int, inner: int = INNER) -> None:
        super().__init__()
        self.encoder = BertModel(BertConfig(
            vocab_size=vocabulary, hidden_size=WIDTH, num_hidden_layers=layers, num_attention_heads=HEADS,
            intermediate_size=inner, max_position_embeddings=MOST_PIECES, layer_norm_eps=1e-12, pad_token_id=1,
            attn_implementation="eager",
        ), add_pooling_layer=False)
        self.carried = nn.Linear(WIDTH, len(LABELS))
        self.weight = nn.Linear(WIDTH, len(LABELS))
        self.value = nn.Linear(WIDTH, len(LABELS))
        self.whole = nn.Linear(WIDTH, len(LABELS))
        self.named = nn.Linear(WIDTH, 1 + len(ROLES))

    def forward(self, ids: Tensor, inside: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of the labels, of each piece's labels, of each piece's name."""
        return self.read(self.states(ids, mask), inside)

    def states(self, ids: Tensor, mask: Tensor) -> Tensor:
        """The encoder's last states, (batch, pieces, width)."""
        states: Tensor = self.encoder(ids, attention_mask=mask).last_hidden_state
        return states

    def read(self, hidden: Tensor, inside: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The same of the encoder's last states."""
        carried = self.carried(hidden)
        # A label is weighed over the text's pieces, those most that seem to carry it.
        weights = (self.weight(hidden) + carried).masked_fill(inside.unsqueeze(-1) == 0, -1e4).softmax(1)
        labels = (weights * self.value(hidden)).sum(1) + self.whole(hidden[:, 0])
        return labels, carried, self.named(hidden)

    def begin(self, start: Mapping[str, Tensor]) -> None:
        """Takes a starting encoder's weights.

        Of evenly chosen layers where this one has fewer, and of those units that weigh most where its wide steps are
        narrower.
        """
        has = 1 + max(int(name.split(".")[2]) for name in start if name.startswith("encoder.layer."))
        wants = self.encoder.config.num_hidden_layers
        chosen = {round(number * (has - 1) / max(wants - 1, 1)): number for number in range(wants)}
        state = {}
        for name, tensor in start.items():
            parts = name.split(".")
            if name.startswith("encoder.layer."):
                if int(parts[2]) not in chosen:
                    continue
                parts[2] = str(chosen[int(parts[2])])
            state[".".join(parts)] = tensor
        for number in range(wants):
            _narrowed(state, f"encoder.layer.{number}.", self.encoder.config.intermediate_size)
        self.encoder.load_state_dict(state)

    def begin_as(self, teacher: Network) -> None:
        """Takes a larger trained network's weights, heads included, of evenly chosen layers."""
        self.begin(teacher.encoder.state_dict())
        for mine, its in zip(self.heads(), teacher.heads(), strict=True):
            mine.load_state_dict(its.state_dict())

    def heads(self) -> tuple[nn.Linear, ...]:
        """What is read from the encoder."""
        return self.carried, self.weight, self.value, self.whole, self.named


def _narrowed(state: dict[str, Tensor], layer: str, inner: int) -> None:
    """Keeps so many of a layer's inner units, those that weigh most, in their order."""
    into, bias = f"{layer}intermediate.dense.weight", f"{layer}intermediate.dense.bias"
    out = f"{layer}output.dense.weight"
    weighs = state[into].norm(dim=1) * state[out].norm(dim=0)
    kept = weighs.topk(inner).indices.sort().values
    state[into], state[bias], state[out] = state[into][kept], state[bias][kept], state[out][:, kept]


class Sieve(nn.Module):
    """The same labels from the embeddings alone, by narrow convolutions: what it is sure has none need not be read.

    A label is told by the pieces that weigh most, by the piece that says most, and by what stands before the text.

    **Shape**: embedded (batch, pieces, width), inside and mask (batch, pieces); gives logits (batch, labels).
    """

    def __init__(self) -> None:
        super().__init__()
        self.narrow = nn.Linear(WIDTH, NARROW)
        self.around = nn.ModuleList(nn.Linear(3 * NARROW, NARROW) for _ in REACH)
        self.weight = nn.Linear(NARROW, len(LABELS))
        self.value = nn.Linear(NARROW, len(LABELS))
        self.most = nn.Linear(NARROW, len(LABELS))
        self.before = nn.Linear(NARROW, len(LABELS))

    def forward(self, embedded: Tensor, inside: Tensor, mask: Tensor) -> Tensor:
        """Logits of the labels."""
        there, mine = mask.to(embedded.dtype).unsqueeze(-1), inside.unsqueeze(-1)
        hidden = functional.relu(self.narrow(embedded)) * there
        first = hidden
        for layer, far in zip(self.around, REACH, strict=True):
            edges = functional.pad(hidden, (0, 0, far, far))
            beside = torch.cat((edges[:, : -2 * far], hidden, edges[:, 2 * far :]), dim=-1)
            hidden = hidden + functional.relu(layer(beside)) * there
        weights = (self.weight(hidden) - 1e4 * (1 - mine)).softmax(1)
        most = (self.most(hidden) - 1e4 * (1 - mine)).amax(1)
        outside = there * (1 - mine)
        before = (first * outside).sum(1) / outside.sum(1).clamp(min=1)
        return (weights * self.value(hidden)).sum(1) + most + self.before(before)


def load(file: Path) -> Network:
    """A trained network, as ``train.py`` wrote it."""
    kept = torch.load(file)
    state = kept["state"]
    vocabulary = state["encoder.embeddings.word_embeddings.weight"].shape[0]
    inner = state["encoder.encoder.layer.0.intermediate.dense.weight"].shape[0]
    network = Network(vocabulary, kept["layers"], inner)
    network.load_state_dict(state)
    return network.eval()
