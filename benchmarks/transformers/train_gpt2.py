#!/usr/bin/env python3
"""Trains GPT-2 models of stock transformers on the characters of a text, as the study transformers-gpt2 does.

    train_gpt2.py TEXT OUT [--models 3] [--epochs 4]

Writes OUT/0, OUT/1 ... (stock directories), OUT/train.json and OUT/test.json (token ids of the parts, as --data of
`thalweg align` and `thalweg path` takes them). Same sizes, cut of the text, optimiser and schedule as the study; the
initial weights and the order of examples are those of PyTorch's generator. Needs torch, transformers and safetensors.
"""
import argparse
import json
import math
import pathlib

import torch
from transformers import GPT2Config, GPT2LMHeadModel

WINDOW, BATCH, RATE, WARMUP, DECAY = 64, 32, 3e-3, 0.05, 0.01


def windows(ids):
    count = len(ids) // WINDOW
    return torch.tensor(ids[: count * WINDOW]).reshape(count, WINDOW)


def train(model, examples, epochs, seed):
    torch.manual_seed(seed)
    steps = epochs * math.ceil(len(examples) / BATCH)
    warm = max(1, round(WARMUP * steps))
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda step: (step + 1) / warm if step < warm else 0.5 * (1 + math.cos(math.pi * (step - warm) / (steps - warm))),
    )
    model.train()
    for _ in range(epochs):
        for batch in torch.randperm(len(examples)).split(BATCH):
            loss = model(input_ids=examples[batch], labels=examples[batch]).loss
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    model.eval()
    return loss.item()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--models", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=4)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    text = asked.text.read_text(encoding="utf-8")
    first, second = int(0.9 * len(text)), int(0.95 * len(text))
    characters = sorted(set(text[:first]))
    number = {character: i for i, character in enumerate(characters)}
    ids = {
        "train": [number[c] for c in text[:first]],
        "test": [number[c] for c in text[second:] if c in number],
    }
    asked.out.mkdir(parents=True, exist_ok=True)
    for name, part in ids.items():
        (asked.out / f"{name}.json").write_text(json.dumps([part]))
    parts = {name: windows(part) for name, part in ids.items()}
    for seed in range(asked.models):
        torch.manual_seed(1000 + seed)
        model = GPT2LMHeadModel(
            GPT2Config(
                vocab_size=len(characters), n_positions=WINDOW, n_embd=64, n_layer=2, n_head=4, n_inner=256,
                resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, tie_word_embeddings=False,
                bos_token_id=0, eos_token_id=0,
            )
        )
        loss = train(model, parts["train"], asked.epochs, seed)
        model.save_pretrained(asked.out / str(seed))
        with torch.no_grad():
            losses = [model(input_ids=some, labels=some).loss.item() * len(some) for some in parts["test"].split(64)]
        print(json.dumps({"model": seed, "last_training_loss": loss, "test_loss": sum(losses) / len(parts["test"])}),
              flush=True)


if __name__ == "__main__":
    main()
