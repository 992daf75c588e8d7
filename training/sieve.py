"""Trains the sieve: a few small layers that tell, for a tenth of the cost, which texts the encoder need not read.

    python training/sieve.py [NETWORK.pt]

It learns from what the trained network says of the training text, of parts of it, of posts put together, and of
disfigured ones; what a post "really" does is not asked, since the sieve only has to let pass what the network would
find. Writes build/train/sieve.pt; ``export.py`` puts it into one file with the embeddings, which the layers share.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from corpus import POSTS, Example, examples
from disturb import disturbed
from network import Network, Sieve, load
from prepared import Prepared, batch, prepare
from torch.nn import functional
from train import BUILD

from rollbook.meaning.labels import LABELS
from rollbook.meaning.pieces import Pieces
from rollbook.text.sentences import sentences

#: **Source**: own trials.
EPOCHS, BATCH, RATE = 12, 64, 2e-3
#: What is present costs more when missed.
OF_PRESENT = 4.0


def variants(posts: Sequence[Example], chance: random.Random) -> Iterator[Example]:
    """Each post, a part of it, and two put together: what a sieve meets is longer and shorter than what was written."""
    for post in posts:
        yield post
        spans = sentences(post.text)
        if len(spans) > 1:
            first = chance.randrange(len(spans))
            last = chance.randrange(first, len(spans))
            yield replace(post, text=post.text[spans[first][0] : spans[last][1]], labels={}, names={})
        other = chance.choice(posts)
        if len(post.text) + len(other.text) < 500:
            yield replace(post, text=f"{post.text} {other.text}", labels={}, names={})


def told(network: Network, rows: Sequence[Prepared]) -> torch.Tensor:
    """(rows, labels): the logits that the network gives."""
    order = sorted(range(len(rows)), key=lambda number: len(rows[number].ids))
    found = torch.zeros(len(rows), len(LABELS))
    began = time.monotonic()
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for start in range(0, len(order), 32):
            chosen = order[start : start + 32]
            given = batch([rows[number] for number in chosen])
            found[chosen] = network(given.ids, given.inside, given.mask)[0].float()
            if start // 32 % 200 == 0:
                print(f"{start}/{len(order)} read, {time.monotonic() - began:.0f} s", flush=True)
    return found


def train(network: Network, rows: Sequence[Prepared], logits: torch.Tensor, seed: int) -> Sieve:
    """A sieve that says what the network says, as well as it can."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    sieve = Sieve()
    optimizer = torch.optim.AdamW(sieve.parameters(), lr=RATE, weight_decay=0.01)
    steps = EPOCHS * (len(rows) // BATCH + 1)
    rates = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps + 1, pct_start=0.1)
    wanted = logits.sigmoid()
    for epoch in range(EPOCHS):
        lost = count = 0.0
        order = sorted(range(len(rows)), key=lambda number: len(rows[number].ids) + chance.random() * 12)
        starts = list(range(0, len(order), BATCH))
        chance.shuffle(starts)
        for start in starts:
            chosen = order[start : start + BATCH]
            given = batch([rows[number] for number in chosen])
            with torch.no_grad():
                embedded = network.encoder.embeddings(given.ids)
            said = sieve(embedded, given.inside, given.mask)
            target = wanted[chosen]
            loss = functional.binary_cross_entropy_with_logits(
                said, target, weight=1 + (OF_PRESENT - 1) * target, reduction="none"
            ).sum(1).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            rates.step()
            lost, count = lost + float(loss.detach()), count + 1
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {lost / count:.3f}", flush=True)
    return sieve.eval()


def main(arguments: Sequence[str]) -> int:
    """Trains and writes the sieve."""
    parser = argparse.ArgumentParser(prog="sieve.py", description=__doc__.splitlines()[0])
    parser.add_argument("network", type=Path, nargs="?", default=BUILD / "network.pt")
    parser.add_argument("--posts", type=Path, default=POSTS)
    parser.add_argument("--without", default="", help="authors whose posts are left out")
    parser.add_argument("--out", type=Path, default=BUILD / "sieve.pt")
    options = parser.parse_args(arguments)
    torch.set_num_threads(2)
    chance = random.Random(7)
    left_out = set(filter(None, options.without.split(",")))
    posts = list(variants([post for post in examples(options.posts) if post.author not in left_out], chance))
    pieces = Pieces(BUILD / "pieces.model")
    rows = [
        prepare(post, pieces, disturbed(post.text, chance) if chance.random() < 0.3 else None,
                introduced=chance.random() < 0.8) for post in posts
    ]
    network = load(options.network)
    torch.save(train(network, rows, told(network, rows), 1).state_dict(), options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
