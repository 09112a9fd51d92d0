#!/usr/bin/env python3
"""Losses of stock classes on token ids, for the tests of `thalweg evaluate`.

    cd core/src/test/resources/org/thalweg/family
    python3 ../../../../../../../benchmarks/oracle/losses.py gpt2 llama mixtral qwen3 >losses.json

Each name is a directory under stock/. Three texts of random ids are cut into windows with a stride; every token of a text
but its first is predicted once, by the first window that reaches it, as in the page on perplexity of fixed-length models
in the documentation of transformers. Weights and sums are float32 and float64.
"""
import json
import sys

import torch
from transformers import AutoModelForCausalLM

LENGTHS, WINDOW, STRIDE = (30, 23, 5), 8, 5


def scores(model, texts):
    loss, right, count = 0.0, 0, 0
    for text in texts:
        predicted = 1
        for start in range(0, max(0, len(text) - WINDOW), 1):
            begins = start % STRIDE == 0 or start == len(text) - WINDOW - 1
            if not begins or predicted >= len(text):
                continue
            logits = model(torch.tensor([text[start:start + WINDOW]])).logits[0].double()
            first = predicted - start - 1
            answers = torch.tensor(text[predicted:start + WINDOW + 1])
            loss += torch.nn.functional.cross_entropy(logits[first:], answers, reduction="sum").item()
            right += (logits[first:].argmax(-1) == answers).sum().item()
            count += len(answers)
            predicted = start + WINDOW + 1
    return {"loss": loss / count, "accuracy": right / count, "answers": count}


def main():
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(1)
    found = {}
    with torch.no_grad():
        for name in sys.argv[1:]:
            model = AutoModelForCausalLM.from_pretrained("stock/" + name, dtype=torch.float32).eval()
            vocabulary = model.config.get_text_config().vocab_size
            texts = [torch.randint(vocabulary, (n,), generator=generator).tolist() for n in LENGTHS]
            found[name] = {"texts": texts, "window": WINDOW, "stride": STRIDE, **scores(model, texts)}
    json.dump(found, sys.stdout)
    print()


main()
