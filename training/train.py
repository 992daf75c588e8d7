"""Trains the language model of the text rules from the posts in this folder.

    make train                                   everything: start, train, export, card
    python training/train.py --out FILE [--without AUTHOR,…] [--layers N] [--epochs N]
    python training/train.py --begin FILE       goes on from a network trained before, with more posts
    python training/train.py --teacher FILE --layers 6 --inner 1024    a smaller one, which learns from a larger one too

The same posts, options and packages on the same kind of processor give the same weights.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from corpus import POSTS, Example, examples
from network import INNER, Network, load
from prepared import Prepared, batch, shown
from torch.nn import functional

from rollbook.meaning.pieces import Pieces

ROOT = Path(__file__).resolve().parent.parent
#: Where the start and what is trained lie.
BUILD = ROOT / "build" / "train"
#: **Source**: own trials on posts of authors who were left out; docs/decisions/language-model.md.
BATCH, RATE, HEAD_RATE, WARM_UP = 24, 9e-5, 1e-3, 0.06
#: How much the pieces' labels and the names count beside the post's labels.
OF_PIECES, OF_NAMES = 10.0, 1.0
#: A label that is missed costs more than one that is given wrongly.
OF_PRESENT = 2.0
SMOOTHING = 0.01
#: How much a teacher's word counts beside the labels, and how much its states, by the cosine.
OF_TEACHER, OF_STATES = 0.7, 2.0
PATIENT = 100


def train(
    posts: Sequence[Example], pieces: Pieces, layers: int, epochs: int, seed: int, teacher: Network | None = None,
    begin: Network | None = None, inner: int = INNER,
) -> Network:
    """A network trained on the posts, and on what a teacher says of them; says its loss as it goes.

    It begins as the network given, as its teacher, or as the encoder that ``start.py`` made.
    """
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False
    chance = random.Random(seed)
    network = Network(len(pieces), layers, inner)
    known = begin or teacher
    if known is None:
        network.begin(torch.load(BUILD / "start.pt"))
    else:
        network.begin_as(known)
    network.encoder.embeddings.word_embeddings.weight.requires_grad = False
    heads = [parameter for name, parameter in network.named_parameters() if not name.startswith("encoder.")]
    encoder = [parameter for parameter in network.encoder.parameters() if parameter.requires_grad]
    steps = epochs * math.ceil(len(posts) / BATCH)
    groups_of = [{"params": encoder, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups_of, weight_decay=0.01)
    rates = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / (WARM_UP * steps)) * max(0.0, 1 - step / steps)
    )
    others = sorted({name for post in posts for name in post.names if len(name.split()) == 2})
    began = time.monotonic()
    for epoch in range(epochs):
        network.train()
        lost = 0.0
        groups = list(_groups([shown(post, pieces, posts, others, chance) for post in posts], chance))
        for number, rows in enumerate(groups, 1):
            loss = _loss(network, rows, teacher)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            rates.step()
            lost += float(loss.detach())
            if number % PATIENT == 0 or number == len(groups):
                print(f"epoch {epoch + 1} of {epochs}, {number}/{len(groups)}: loss {lost / number:.3f}, "
                      f"{time.monotonic() - began:.0f} s", flush=True)
    return network.eval()


def _groups(rows: list[Prepared], chance: random.Random) -> Iterator[list[Prepared]]:
    """Batches of texts of about the same length, in random order."""
    order = sorted(range(len(rows)), key=lambda number: len(rows[number].ids) + chance.random() * 12)
    starts = list(range(0, len(order), BATCH))
    chance.shuffle(starts)
    for start in starts:
        yield [rows[number] for number in order[start : start + BATCH]]


def _loss(network: Network, rows: list[Prepared], teacher: Network | None) -> torch.Tensor:
    given = batch(rows)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        states = network.states(given.ids, given.mask)
        labels, carried, named = network.read(states, given.inside)
    of_labels = given.labels * (1 - 2 * SMOOTHING) + SMOOTHING
    of_states = torch.zeros(())
    of_carried, of_named = given.carried, functional.one_hot(given.named, named.shape[-1]).float()
    if teacher is not None:
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            its_states = teacher.states(given.ids, given.mask)
            its_labels, its_carried, its_named = teacher.read(its_states, given.inside)
        of_labels = torch.lerp(of_labels, its_labels.float().sigmoid(), OF_TEACHER)
        of_carried = torch.lerp(of_carried, its_carried.float().sigmoid(), OF_TEACHER)
        of_named = torch.lerp(of_named, its_named.float().softmax(-1), OF_TEACHER)
        near = functional.cosine_similarity(states.float(), its_states.float(), dim=-1)
        of_states = OF_STATES * ((1 - near) * given.mask).sum() / given.mask.sum()
    of_post = functional.binary_cross_entropy_with_logits(
        labels.float(), of_labels, weight=1 + (OF_PRESENT - 1) * given.labels, reduction="none"
    ).sum(1).mean()
    inside = given.inside
    of_pieces = functional.binary_cross_entropy_with_logits(carried.float(), of_carried, reduction="none").mean(2)
    of_names = functional.cross_entropy(named.float().transpose(1, 2), of_named.transpose(1, 2), reduction="none")
    # Most pieces are of no name: what is one, and whose it is, counts apart, and as much.
    names = (given.named > 0).float()
    of_roles = (of_names * names).sum() / names.sum().clamp(min=1)
    return (
        of_post + OF_PIECES * (of_pieces * inside).sum() / inside.sum()
        + OF_NAMES * ((of_names * inside).sum() / inside.sum() + of_roles) + of_states
    )


def main(arguments: Sequence[str]) -> int:
    """Trains and writes the network's weights."""
    parser = argparse.ArgumentParser(prog="train.py", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=BUILD / "network.pt", help="where the weights go")
    parser.add_argument("--posts", type=Path, default=POSTS)
    parser.add_argument("--without", default="", help="authors whose posts are left out, to be measured on")
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--inner", type=int, default=INNER, help="units of each layer's wide step")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--teacher", type=Path, help="a larger trained network")
    parser.add_argument("--begin", type=Path, help="a network trained before, to go on from")
    options = parser.parse_args(arguments)
    torch.set_num_threads(2)
    left_out = set(filter(None, options.without.split(",")))
    posts = [post for post in examples(options.posts) if post.author not in left_out]
    print(f"{len(posts)} posts, {options.layers} layers, {options.epochs} epochs", flush=True)
    pieces = Pieces(BUILD / "pieces.model")
    teacher = load(options.teacher) if options.teacher else None
    begin = load(options.begin) if options.begin else None
    network = train(posts, pieces, options.layers, options.epochs, options.seed, teacher, begin, options.inner)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"layers": options.layers, "state": network.state_dict()}, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
